import { testLaws } from './cases.fixture.ts'

const lines = (count: number): string => Array.from({ length: count }, () => '//').join('\n')
const core = 'packages/core/src'

testLaws([
  {
    law: 'file sizes',
    title: 'a file over 300 lines',
    files: { 'scripts/a.ts': lines(301) },
    problem: '301 lines',
  },
  { law: 'file sizes', title: 'a file of 300 lines', files: { 'scripts/a.ts': lines(300) } },
  {
    law: 'file sizes',
    title: 'a test over 300 lines',
    files: { 'scripts/a.test.ts': lines(301) },
    problem: '301',
  },
  { law: 'file sizes', title: 'a port of 400 lines', files: { [`${core}/engine/a.ts`]: lines(400) } },
  {
    law: 'file sizes',
    title: 'a port over 400 lines',
    files: { [`${core}/events/a.ts`]: lines(401) },
    problem: '401',
  },
  {
    law: 'function sizes',
    title: 'a function over 50 lines',
    files: { 'scripts/a.ts': `export function long() {\n${lines(49)}\n}` },
    problem: 'function long has 51 lines',
  },
  {
    law: 'function sizes',
    title: 'an arrow over 50 lines',
    files: { 'scripts/a.ts': `export const long = () => {\n${lines(49)}\n}` },
    problem: 'function long has 51 lines',
  },
  {
    law: 'function sizes',
    title: 'a function of 50 lines',
    files: { 'scripts/a.ts': `export function long() {\n${lines(48)}\n}` },
  },
  {
    law: 'function sizes',
    title: 'four levels',
    files: { 'scripts/a.ts': 'const f = () => { if (a) for (;;) { try { while (b) c() } finally {} } }' },
    problem: 'function f is 4 levels deep',
  },
  {
    law: 'function sizes',
    title: 'three levels, an else-if and a callback',
    files: {
      'scripts/a.ts':
        'const f = () => { if (a) b(); else if (c) for (;;) { if (d) e(() => { if (g) h() }) } }',
    },
  },
  {
    law: 'function sizes',
    title: 'five parameters',
    files: { 'scripts/a.ts': 'export function f(a: 1, b: 2, c: 3, d: 4, e: 5) {}' },
    problem: 'has 5 parameters',
  },
  {
    law: 'function sizes',
    title: 'a long describe block',
    files: { 'scripts/a.test.ts': `describe('x', () => {\n${lines(100)}\n})` },
  },
  {
    law: 'function sizes',
    title: 'a long example',
    files: { 'examples/a/main.ts': `const f = () => {\n${lines(100)}\n}` },
  },
])
