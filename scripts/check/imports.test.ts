import { testLaws } from './cases.fixture.ts'

const core = 'packages/core/src'
const manifest = (fields: object): string => JSON.stringify(fields)

testLaws([
  {
    law: 'declared imports',
    title: 'a package that nobody declares',
    files: { 'packages/a/package.json': '{}', 'packages/a/src/a.ts': "import 'left-pad'" },
    problem: 'imports "left-pad", which packages/a/package.json does not declare',
  },
  {
    law: 'declared imports',
    title: 'a development dependency in what is shipped',
    files: {
      'packages/a/package.json': manifest({ devDependencies: { zod: '4' } }),
      'packages/a/src/a.ts': "export const a = () => import('zod/mini')",
    },
    problem: 'imports "zod"',
  },
  {
    law: 'declared imports',
    title: 'an undeclared type',
    files: { 'bench/package.json': '{}', 'bench/a.ts': "let a: import('@scope/b/c').D" },
    problem: 'imports "@scope/b"',
  },
  {
    law: 'declared imports',
    title: 'declared, peer, bundled, root and own names',
    files: {
      'package.json': manifest({ devDependencies: { vitest: '4' } }),
      'packages/a/package.json': manifest({
        name: '@batonjs/a',
        dependencies: { yaml: '2' },
        peerDependencies: { sdk: '1' },
        devDependencies: { zod: '4' },
      }),
      'packages/a/tsup.config.ts': 'noExternal',
      'packages/a/src/a.ts':
        "import 'yaml'\nimport 'sdk/deep'\nimport 'zod/mini'\nimport 'node:fs'\nimport './b.ts'",
      'packages/a/src/a.test.ts': "import 'vitest'\nimport '@batonjs/a'",
    },
  },
  {
    law: 'package doors',
    title: 'a way around the door',
    files: {
      'packages/a/package.json': '{}',
      'packages/a/src/a.test.ts': "import '../../core/src/run/fold.ts'",
    },
    problem: 'out of its package',
  },
  {
    law: 'package doors',
    title: 'a deep path',
    files: { 'examples/a/main.ts': "import '@batonjs/core/run'" },
    problem: 'deep path',
  },
  {
    law: 'package doors',
    title: 'core that knows an adapter',
    files: { [`${core}/run/a.ts`]: "import '@batonjs/engine-stub'" },
    problem: 'core knows no other package',
  },
  {
    law: 'package doors',
    title: 'an adapter that knows another',
    files: { 'packages/storage-fs/src/a.ts': "import '@batonjs/testkit'" },
    problem: 'may import @batonjs/core only',
  },
  {
    law: 'package doors',
    title: 'core in an adapter, a kit in a test, acp in gemini, processes in an engine',
    files: {
      'packages/storage-fs/src/a.ts': "import '@batonjs/core'",
      'packages/storage-fs/src/a.test.ts': "import '@batonjs/testkit'",
      'packages/engine-gemini/src/a.ts': "import '@batonjs/engine-acp'",
      'packages/engine-claude/src/a.ts': "import '@batonjs/child-process'",
    },
  },
  {
    law: 'platform',
    title: 'Node in core',
    files: { [`${core}/prompt/a.ts`]: "import 'node:fs'" },
    problem: 'runs without Node',
  },
  {
    law: 'platform',
    title: 'Node without its prefix',
    files: { 'packages/testkit/src/a.ts': "import type { Stats } from 'fs'" },
    problem: 'runs without Node',
  },
  {
    law: 'platform',
    title: 'a second file with an emitter',
    files: { [`${core}/orchestrator/a.ts`]: "import { EventEmitter } from 'eventemitter3'" },
    problem: 'imports "eventemitter3"',
  },
  {
    law: 'platform',
    title: 'Node where it belongs and the one emitter',
    files: {
      'packages/storage-fs/src/a.ts': "import 'node:fs'",
      'packages/engine-stub/src/a.ts': "import 'node:fs'",
      [`${core}/run/a.test.ts`]: "import 'node:fs'",
      [`${core}/orchestrator/watchers.ts`]: "import { EventEmitter } from 'eventemitter3'",
    },
  },
])
