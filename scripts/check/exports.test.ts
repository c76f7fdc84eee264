import { testLaws } from './cases.fixture.ts'

const core = 'packages/core/src'

testLaws([
  {
    law: 'export lists',
    title: 'a star',
    files: { [`${core}/a.ts`]: "export * from './b.ts'" },
    problem: 'list the names',
  },
  {
    law: 'export lists',
    title: 'a named star',
    files: { [`${core}/a.ts`]: "export * as b from './b.ts'" },
    problem: 'list the names',
  },
  {
    law: 'export lists',
    title: 'names of another package',
    files: { 'packages/a/src/a.ts': "export { z } from 'zod'" },
    problem: 're-exports names of "zod"',
  },
  {
    law: 'export lists',
    title: 'names of another package in two steps',
    files: { 'packages/a/src/a.ts': "import { z } from 'zod'\nexport { z as schema }" },
    problem: 're-exports "z"',
  },
  {
    law: 'export lists',
    title: 'own names',
    files: {
      'packages/a/src/a.ts': "import { b } from './b.ts'\nexport { b }\nexport type { C } from './c.ts'",
    },
  },
  {
    law: 'index files',
    title: 'logic in the door',
    files: { 'packages/a/src/index.ts': 'export const a = 1' },
    problem: 'holds logic',
  },
  {
    law: 'index files',
    title: 'a list',
    files: {
      'packages/a/src/index.ts': "export { a } from './a.ts'",
      'packages/a/src/b/index.ts': 'const a = 1',
    },
  },
])
