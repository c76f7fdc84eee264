/**
 * What a value must be, as data. Whoever takes options or a request declares once what they must be, and
 * everything that is wrong with what is given is found by that.
 */

/** What a value must be: one of the words, a fit of one's own, or more than one value. */
export type Shape = ShapeWord | Fit | OneOf | ListOf | ObjectOf | Hidden

/** What a value must be, such as `a text`, when it is not that. */
export type Fit = (value: unknown) => string | undefined

/** One of some texts. */
export interface OneOf {
  readonly oneOf: readonly string[]
  /** What it must be, for messages. @default the texts */
  readonly wanted?: string
}

/** A list, each member alike. */
export interface ListOf {
  readonly listOf: Shape
  /** @default 0 */
  readonly least?: number
  /** A member by which no two of the list may be equal. */
  readonly distinct?: string
}

/** An object with these members. */
export interface ObjectOf {
  /** By name; a name that ends with `?` may be left out. */
  readonly members: Members
  /** It may have other members and be an instance of a class, as what implements a port. @default false */
  readonly open?: boolean
  /** What it must be, for messages. @default the names of its members */
  readonly wanted?: string
}

/** What no message may show, whatever is wrong with it. */
export interface Hidden {
  readonly hidden: Fit
}

/** Shapes by name; what has a name that ends with `?` may be left out. */
export type Members = Readonly<Record<string, Shape>>

/** The shapes of every member of `T`, which the names in it spell as `T` does: `flow?` when it may be left out. */
export type MembersOf<T> = {
  readonly [Name in keyof T & string as undefined extends T[Name] ? `${Name}?` : Name]-?: Shape
}

/** A fit by a test. */
export function must(wanted: string, fits: (value: unknown) => boolean): Fit {
  return (value) => (fits(value) ? undefined : wanted)
}

/** The shapes that are needed most often. */
export type ShapeWord = 'text' | 'flag' | 'function' | 'count' | 'whole' | 'milliseconds' | 'signal'

export const words: Readonly<Record<ShapeWord, Fit>> = {
  text: must('a text that is not blank', (value) => typeof value === 'string' && value.trim() !== ''),
  flag: must('true or false', (value) => typeof value === 'boolean'),
  function: must('a function', (value) => typeof value === 'function'),
  count: must('a whole number of at least 1', (value) => isWhole(value) && value >= 1),
  whole: must('a whole number of at least 0', (value) => isWhole(value) && value >= 0),
  milliseconds: must(
    'a number of milliseconds of at least 0',
    (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
  ),
  signal: must('an AbortSignal, as controller.signal is', isSignal),
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

/** By what is used of it: a signal may come from another realm, or from a library. */
function isSignal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const isListened = typeof Reflect.get(value, 'addEventListener') === 'function'
  return isListened && typeof Reflect.get(value, 'aborted') === 'boolean'
}
