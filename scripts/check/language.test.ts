import type { Case } from './cases.fixture.ts'
import { testLaws } from './cases.fixture.ts'

const languageCases: readonly Case[] = [
  ['any', 'const a: any = 1', '`any`'],
  ['a non-null assertion', 'a!.b()', '`!`'],
  ['a definite assignment', 'let a!: string', '`!`'],
  ['an enum', 'enum A { b }', 'enum'],
  ['a namespace', 'namespace A {}', 'namespace'],
  ['a decorator', 'class A { #a = 1; @b c() {} }', 'decorator'],
  ['a parameter property', 'class A { #a = 1; constructor(readonly b: string) {} }', 'parameter property'],
  ['a default export', 'export default 1', 'default export'],
  ['a default function', 'export default function a() {}', 'default export'],
  ['a name exported as default', 'const a = 1\nexport { a as default }', 'default export'],
  ['a class without state', 'class A { b = 1 }', 'class without private'],
].map(([title = '', text = '', problem = '']) => ({
  law: 'language',
  title,
  files: { 'scripts/a.test.ts': text },
  problem,
}))

testLaws([
  ...languageCases,
  {
    law: 'language',
    title: 'errors, private state and the default export of a config',
    files: {
      'scripts/a.ts': "class A extends TypeError {}\nclass B { #c = 1 }\nconst text = 'any enum a!.b'",
      'packages/core/tsup.config.ts': 'export default {}',
      'vitest.workspace.ts': 'export default {}',
    },
  },
  {
    law: 'casts',
    title: 'a bare cast',
    files: { 'scripts/a.ts': 'const a = b as C' },
    problem: 'without a reason',
  },
  {
    law: 'casts',
    title: 'an angle cast',
    files: { 'scripts/a.ts': 'const a = <C>b' },
    problem: 'without a reason',
  },
  {
    law: 'casts',
    title: 'a comment that is only text in a string',
    files: { 'scripts/a.ts': "const a = '// because'\nconst b = '// because' as C" },
    problem: 'without a reason',
  },
  {
    law: 'casts',
    title: 'casts with a reason, `as const` and import names',
    files: {
      'scripts/a.ts':
        "import { a as b } from './b.ts'\n// b was checked above\nconst c = b as C\nconst d = b as C // checked\nconst e = [1] as const",
    },
  },
  {
    law: 'tasks',
    title: 'a task',
    files: { 'scripts/a.ts': '// TODO later' },
    problem: 'TODO without an issue',
  },
  {
    law: 'tasks',
    title: 'a task in a block',
    files: { 'scripts/a.ts': '/**\n * FIXME: later\n */\nconst a = 1' },
    problem: 'FIXME without an issue',
  },
  {
    law: 'tasks',
    title: 'a task with its issue, and words about tasks',
    files: { 'scripts/a.ts': "// TODO #12: later\n// Counts TODO lines\nconst a = '// TODO'" },
  },
])
