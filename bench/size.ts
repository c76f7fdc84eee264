/** W6: what core weighs and how long its import takes. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { type Sample, toSample } from './measure.ts'

const core = fileURLToPath(new URL('../packages/core/', import.meta.url))

/** Kilobytes of the minified bundle, gzipped; without the parts that zod and yaml make. */
export async function measureBundle(): Promise<{ readonly wholeKb: number; readonly withoutKb: number }> {
  const gzipped = async (external: readonly string[]): Promise<number> => {
    const { outputFiles } = await build({
      entryPoints: [join(core, 'src/index.ts')],
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      conditions: ['@batonjs/source'],
      external: [...external],
    })
    return gzipSync(outputFiles[0]?.contents ?? new Uint8Array()).length / 1_000
  }
  return { wholeKb: await gzipped([]), withoutKb: await gzipped(['zod', 'zod/*', 'yaml']) }
}

/** Megabytes of the unpacked package, and how many packages it brings along. */
export function measureInstall(): { readonly megabytes: number; readonly dependencies: number } {
  const folder = mkdtempSync(join(tmpdir(), 'baton-size-'))
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: core })
  const [tarball = ''] = readdirSync(folder)
  execFileSync('tar', ['-xzf', tarball], { cwd: folder })
  const bytes = readdirSync(join(folder, 'package'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
  rmSync(folder, { recursive: true, force: true })
  const { dependencies = {} } = JSON.parse(readFileSync(join(core, 'package.json'), 'utf8'))
  return { megabytes: bytes / 1_000_000, dependencies: Object.keys(dependencies).length }
}

/** Milliseconds that a process with the import takes longer than one without. */
export function measureImport(rounds: number): Sample {
  const entry = join(core, 'dist/index.js')
  const time = (code: string): number => {
    const startedAt = performance.now()
    spawnSync(process.execPath, ['--input-type=module', '-e', code], { env: { PATH: process.env.PATH } })
    return performance.now() - startedAt
  }
  const differences = Array.from(
    { length: rounds + 1 },
    () => time(`await import(${JSON.stringify(entry)})`) - time('0'),
  )
  return toSample(differences.slice(1))
}
