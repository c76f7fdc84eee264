import { testLaws } from './cases.fixture.ts'

const core = 'packages/core/src'
const opening =
  '// Job: decide. Neighbour: orchestrator/ does. Invariant 1: no waiting, no clock, no chance.\n'

testLaws([
  {
    law: 'core layers',
    title: 'run/ that reaches up',
    files: { [`${core}/run/a.ts`]: "import type { A } from '../orchestrator/a.ts'" },
    problem: 'run imports orchestrator',
  },
  {
    law: 'core layers',
    title: 'errors that know flows',
    files: { [`${core}/errors/a.ts`]: "export { a } from '../flow/a.ts'" },
    problem: 'errors imports flow',
  },
  {
    law: 'core layers',
    title: 'a file that takes from the door',
    files: { [`${core}/orchestrator/a.ts`]: "import { a } from '../index.ts'" },
    problem: 'orchestrator imports index',
  },
  {
    law: 'core layers',
    title: 'a new room',
    files: { [`${core}/attic/a.ts`]: '' },
    problem: 'unknown part of core, "attic"',
  },
  {
    law: 'core layers',
    title: 'arrows down and sideways, tests as they like',
    files: {
      [`${core}/index.ts`]: "export { a } from './orchestrator/a.ts'",
      [`${core}/orchestrator/a.ts`]: "import '../run/a.ts'\nimport '../errors/a.ts'",
      [`${core}/prompt/a.ts`]: "import '../flow/a.ts'",
      [`${core}/run/a.test.ts`]: "import '../orchestrator/a.ts'",
    },
  },
  {
    law: 'port imports',
    title: 'a port with code',
    files: { [`${core}/storage/a.ts`]: "import { a } from '../errors/a.ts'" },
    problem: 'at run time',
  },
  {
    law: 'port imports',
    title: 'a port with an import that only looks like a type',
    files: { [`${core}/engine/a.ts`]: "import { type A } from '../events/a.ts'" },
    problem: 'at run time',
  },
  {
    law: 'port imports',
    title: 'a port with types',
    files: {
      [`${core}/engine/a.ts`]: "import type { A } from '../events/a.ts'\nexport type { B } from './b.ts'",
    },
  },
  ...[
    ["import { a } from 'node:path'", 'imports "node:path"'],
    ["import PQueue from 'p-queue'", 'imports "p-queue"'],
    ['export const a = () => Date.now()', 'uses Date'],
    ['export const a = () => Math.random()', 'uses Math.random'],
    ['export const a: Promise<void> = b', 'uses Promise'],
    ['export const a = async () => 1', 'uses async'],
    ['export const a = () => setTimeout(b, 1)', 'uses setTimeout'],
  ].map(([text = '', problem = '']) => ({
    law: 'purity of run/',
    title: text,
    files: { [`${core}/run/a.ts`]: text },
    problem,
  })),
  {
    law: 'purity of run/',
    title: 'words that only look like it, and the orchestrator',
    files: {
      [`${core}/run/a.ts`]:
        "// await Date\nexport const a = { Date: 1 }.Date\nconst text = 'Promise'\nMath.max(1, 2)",
      [`${core}/orchestrator/a.ts`]: 'export const a = async () => Date.now()',
    },
  },
  {
    law: 'openings',
    title: 'a file that starts with code',
    files: { [`${core}/run/a.ts`]: "import '../flow/a.ts'\n// Job: decide. Neighbour: orchestrator/ does." },
    problem: 'does not open with its job',
  },
  { law: 'openings', title: 'an opening', files: { [`${core}/orchestrator/a.ts`]: opening } },
])
