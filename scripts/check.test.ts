import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { laws } from './check/laws.ts'

const core = 'packages/core/src'

/** A repository that breaks every law at least once. */
const broken = {
  'packages/core/package.json': '{}',
  [`${core}/index.ts`]: "export { a } from './run/a.ts'",
  [`${core}/run/a.ts`]: [
    "import * as z from 'zod'",
    "import '../orchestrator/b.ts'",
    "import '@batonjs/core/deep'",
    "import 'node:fs'",
    "export * from 'zod'",
    'export const a = (b: any, c: 1, d: 1, e: 1, f: 1) => z as typeof z',
    '',
    '// TODO later',
    ...Array.from({ length: 300 }, () => ''),
    'const end = Date.now()',
  ].join('\n'),
  [`${core}/engine/utils/Port.ts`]: "import '../../errors/a.ts'",
  'packages/engine-a/package.json': '{}',
  'packages/engine-a/src/index.ts': 'const logic = 1',
}

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'baton-check-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function check(files: Readonly<Record<string, string>>, ...flags: readonly string[]) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const script = new URL('check.ts', import.meta.url).pathname
  return spawnSync(process.execPath, ['--import', 'tsx', script, '--root', root, ...flags], {
    encoding: 'utf8',
  })
}

describe('npm run check', () => {
  it('names every law that is broken and fails', () => {
    const { stdout, status } = check(broken)
    const told = new Set([...stdout.matchAll(/\[([^\]]+)\]$/gm)].map(([, name]) => name))
    expect(told).toEqual(new Set(laws.map(({ name }) => name)))
    expect(stdout).toContain(`${core}/run/a.ts:6 \`any\`: use \`unknown\` and a guard [language]`)
    expect(status).toBe(1)
  })

  it('succeeds where the laws are kept and reads neither node_modules nor dist', () => {
    const files = {
      'packages/a/dist/a.ts': 'let a: any',
      'node_modules/a/a.ts': 'let a: any',
      'a.ts': 'let a: 1',
    }
    const { stdout, status } = check(files, '--only', 'language')
    expect(stdout).toContain('1 files, 1 laws, 0 problems')
    expect(status).toBe(0)
  })

  it('refuses a law that does not exist', () => {
    expect(check({}, '--only', 'gravity').status).toBe(1)
  })
})
