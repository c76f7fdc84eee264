/** What became of one case with one engine. */
export interface Cell {
  readonly target: string
  readonly case: string
  /** Why it cannot be run at all; left out when it can. */
  readonly cannot?: string
  /** What is not installed here; left out when all is. */
  readonly missing?: string
}

const KEY = 'cell'

/** Notes on a test which cell it is. */
export function noteCell(meta: object, cell: Cell): void {
  Reflect.set(meta, KEY, cell)
}

/** The cell that a test is; `undefined` when it never began. */
export function cellIn(meta: object): Cell | undefined {
  // Nobody else writes this member.
  return Reflect.get(meta, KEY) as Cell | undefined
}
