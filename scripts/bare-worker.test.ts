import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bundleNeutral, runInBareWorker } from './bare-worker.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-bare-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function bundleOf(text: string): Promise<string> {
  writeFileSync(join(folder, 'entry.ts'), text)
  return bundleNeutral(join(folder, 'entry.ts'))
}

describe('the bare worker', () => {
  it('runs the language and the names of the web', async () => {
    const bundle = await bundleOf(
      'export const run = async () => new TextEncoder().encode("baton").length + new Map().size',
    )
    expect(await runInBareWorker(bundle)).toBe(5)
  })

  it.each(['process', 'Buffer', 'globalThis.require', 'global', 'setImmediate', 'document', 'window'])(
    'has no %s',
    async (name) => {
      const bundle = await bundleOf(`export const run = async () => typeof ${name}`)
      expect(await runInBareWorker(bundle)).toBe('undefined')
    },
  )

  it('tells an error of the bundle', async () => {
    const bundle = await bundleOf('export const run = async () => process.cwd()')
    await expect(runInBareWorker(bundle)).rejects.toThrow('process is not defined')
  })

  it.each([
    "import { cwd } from 'node:process'\nexport const run = async () => cwd()",
    "export const run = async () => (await import('node:process')).cwd()",
  ])('refuses a bundle of `%s`', async (text) => {
    await expect(bundleOf(text)).rejects.toThrow('imports "node:process"')
  })
})
