/** One kill, and what came of it. */
export interface KillRow {
  readonly number: number
  /** After which request of the agent, and how much later. */
  readonly moment: string
  /** What the journal said last. */
  readonly stood: string
  /** Steps that had ended. */
  readonly finished: number
  /** How long processes of the agent outlived Baton. */
  readonly goneAfterMs: number
  /** Whether the step in the middle went on with its session; `undefined` when it had none. */
  readonly continued: boolean | undefined
  /** Steps that had ended and were called again. */
  readonly repeated: number
}

const KEY = 'kill'

/** Notes on a test what came of its kill. */
export function noteKill(meta: object, row: KillRow): void {
  Reflect.set(meta, KEY, row)
}

/** What came of the kill of a test; `undefined` for one that is of something else, or did not get so far. */
export function killIn(meta: object): KillRow | undefined {
  // Nobody else writes this member.
  return Reflect.get(meta, KEY) as KillRow | undefined
}

/** The rows as text, with their sum. */
export function renderKills(rows: readonly KillRow[]): string {
  const lines = rows.map(
    ({ number, moment, stood, finished, goneAfterMs, continued, repeated }) =>
      `| ${number} | ${moment} | ${stood} | ${finished} | ${Math.round(goneAfterMs)} ms | ${sayContinued(continued)} | ${repeated} |`,
  )
  const slowest = Math.max(...rows.map(({ goneAfterMs }) => goneAfterMs))
  const repeated = rows.reduce((sum, row) => sum + row.repeated, 0)
  const sessions = rows.filter(({ continued }) => continued === true).length
  return [
    '| kill | after request | the journal said last | steps ended | agent gone after | session | repeated |',
    '|---|---|---|---|---|---|---|',
    ...lines,
    '',
    `${rows.length} kills -9 in the middle of real Claude runs: ${rows.length} resumed to the end, ${sessions} sessions continued, ` +
      `the slowest agent gone after ${Math.round(slowest)} ms, ${repeated} finished steps repeated`,
  ].join('\n')
}

function sayContinued(continued: boolean | undefined): string {
  if (continued === undefined) return 'none yet'
  return continued ? 'continued' : 'LOST'
}
