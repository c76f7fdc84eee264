import { testLaws } from './cases.fixture.ts'

const core = 'packages/core/src'

testLaws([
  {
    law: 'documentation',
    title: 'a public name without a word, two files down',
    files: {
      'packages/a/src/index.ts': "export { c } from './b.ts'",
      'packages/a/src/b.ts': "export { d as c } from './d.ts'",
      'packages/a/src/d.ts': 'export const d = 1',
    },
    problem: '"d" is public and has no doc comment',
  },
  {
    law: 'documentation',
    title: 'a method of a port without a word',
    files: { [`${core}/engine/a.ts`]: 'interface A {\n  /** Runs. */\n  run(): void\n  stop(): void\n}' },
    problem: '"A.stop" is part of a port',
  },
  {
    law: 'documentation',
    title: 'documented names, private ones and plain data',
    files: {
      'packages/a/src/index.ts': "export { a, type B } from './a.ts'",
      'packages/a/src/a.ts':
        '/** One. */\nexport const a = 1\n/** Two. */\nexport interface B {}\nexport const c = 1',
      [`${core}/storage/a.ts`]: 'interface Line { text: string }',
    },
  },
  ...[
    ['export const a = z.string()', 'an inferred schema'],
    ['export type a = z.infer<typeof b>', 'an inferred type'],
    ['export function a(b: z.ZodType): void {}', 'a parameter'],
    ['export const a = (b: string) => z.parse(b)', 'an inferred return type'],
  ].map(([text = '', title = '']) => ({
    law: 'zod inside',
    title,
    files: {
      'packages/a/src/index.ts': "export { a } from './a.ts'",
      'packages/a/src/a.ts': `import * as z from 'zod/mini'\n${text}`,
    },
    problem: '"a" is public and shows zod',
  })),
  {
    law: 'zod inside',
    title: 'zod behind a written type',
    files: {
      'packages/a/src/index.ts': "export { a, b } from './a.ts'",
      'packages/a/src/a.ts':
        "import * as z from 'zod/mini'\nconst c = z.string()\nexport function a(d: string): string { return z.parse(d) }\nexport const b: A = z.string()",
    },
  },
])
