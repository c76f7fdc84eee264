import { describe, expect, it } from 'vitest'
import { problemsOf } from './cases.fixture.ts'

const manifest = {
  name: '@batonjs/engine-a',
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  exports: { '.': { '@batonjs/source': './src/index.ts', default: './dist/index.js' } },
}
const complete: Readonly<Record<string, string>> = {
  'packages/engine-a/README.md': '# A',
  'packages/engine-a/LICENSE': 'MIT',
  'packages/engine-a/package.json': JSON.stringify(manifest),
  'packages/engine-a/tsup.config.ts': '',
  'packages/engine-a/tsconfig.json': '{}',
  'packages/engine-a/src/index.ts': '',
  'packages/engine-a/src/kit.test.ts': "import { testEngine } from '@batonjs/testkit'\ntestEngine({})",
}
const inPackage = (files: Readonly<Record<string, string>>): readonly string[] =>
  problemsOf('required files', files).filter((message) => message.startsWith('packages/'))

describe('required files', () => {
  it('asks for the files of the root', () => {
    const problems = problemsOf('required files', { LICENSE: 'MIT' })
    expect(problems).toContain('README.md is missing')
    expect(problems).toContain('docs/decisions is missing or holds no page')
    expect(problems).not.toContain('LICENSE is missing')
  })

  it('allows a complete package', () => {
    expect(inPackage(complete)).toEqual([])
  })

  it.each(Object.keys(complete).filter((path) => !path.endsWith('package.json')))('misses %s', (path) => {
    const rest = Object.fromEntries(Object.entries(complete).filter(([other]) => other !== path))
    expect(inPackage(rest)).toHaveLength(1)
  })

  it.each(Object.keys(manifest))('misses "%s" in a manifest', (field) => {
    const broken = JSON.stringify({ ...manifest, [field]: undefined })
    expect(inPackage({ ...complete, 'packages/engine-a/package.json': broken })).toHaveLength(1)
  })

  it('caps the pages', () => {
    const long = '\n-'.repeat(121)
    const problems = problemsOf('required files', {
      ...complete,
      'README.md': long,
      'packages/engine-a/README.md': long,
    })
    expect(problems).toContain('README.md has 122 lines, at most 120 are allowed')
    expect(problems).toContain('packages/engine-a/README.md has 122 lines, at most 50 are allowed')
  })

  it('asks for the main.ts of an example', () => {
    const problems = problemsOf('required files', { 'examples/a/main.ts': '', 'examples/b/other.ts': '' })
    expect(problems.filter((message) => message.startsWith('examples/'))).toHaveLength(1)
  })
})

describe('kits', () => {
  it('allows an adapter with the kit of its port', () => {
    expect(problemsOf('kits', complete)).toEqual([])
  })

  it('refuses an adapter without it, or with the kit of another port', () => {
    const other = "import { testStorage } from '@batonjs/testkit'\ntestStorage({})"
    const problems = problemsOf('kits', { ...complete, 'packages/engine-a/src/kit.test.ts': other })
    expect(problems).toEqual([expect.stringContaining('call testEngine()')])
  })
})
