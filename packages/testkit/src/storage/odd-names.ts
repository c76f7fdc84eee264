const LONGEST = 'a'.repeat(128)

/** Names that leave the folder, name devices, or mean another thing on another file system (row 15 of the faults). */
const BAD_NAMES = [
  '',
  '.',
  '..',
  '.hidden',
  '../x',
  '../../etc/passwd',
  'a/../../x',
  '/etc/passwd',
  'C:\\x',
  'a\\b',
  'a\0b',
  'a\nb',
  'a b',
  'a:b',
  'a*',
  '%2e%2e',
  '~',
  `${LONGEST}a`,
  'a'.repeat(300),
  'CON',
  'con.txt',
  'aux',
  'LPT1',
  'nul.tar.gz',
  'dot.',
  'r\u0435port',
  '\uff0e\uff0e',
  'caf\u00e9',
  '\u202etxt',
] as const

/** Run ids off the allow-list of rule J5. */
export const BAD_RUN_IDS: readonly string[] = [...BAD_NAMES, 'a/b', 'build#2']

/** Run ids at the borders of the allow-list, distinct also where case does not count. */
export const GOOD_RUN_IDS: readonly string[] = [
  'run-20260102-030405-abc123',
  'x',
  '0',
  'A.b_c-D',
  'console',
  LONGEST,
]

/** Artifact paths off the allow-list, and names that a storage keeps for itself. */
export const BAD_PATHS: readonly string[] = [
  ...BAD_NAMES,
  'a/../b',
  'a//b',
  'a/',
  '/a',
  'a/.b',
  'a/con',
  'a/b#2',
  'build#x',
  'events.jsonl',
  'EVENTS.JSONL',
  'spec.json',
  'meta.json',
  'inbox',
  'inbox/x.json',
  'lock.1',
  'Lock.2/x',
]

/** Artifact paths of the allow-list. */
export const GOOD_PATHS: readonly string[] = [
  'report.md',
  'build/llm/plan-author-stub.jsonl',
  'build#2/handoff/plan.json',
  'build/meta.json',
  'a/b/c/d/e.txt',
  `deep/${LONGEST}`,
]
