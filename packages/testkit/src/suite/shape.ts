/** Whether a value is of some kind. */
export type Check = (value: unknown) => boolean

/** What the members of an object must be; further members are let through. */
export type Shape = Readonly<Record<string, Check>>

export const isText: Check = (value) => typeof value === 'string'
export const isName: Check = (value) => typeof value === 'string' && value !== ''
export const isFlag: Check = (value) => typeof value === 'boolean'
export const isAmount: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0
export const isCount: Check = (value) => isAmount(value) && Number.isInteger(value)

/** The value may be left out. */
export function optional(check: Check): Check {
  return (value) => value === undefined || check(value)
}

/** One of some texts. */
export function oneOf(...texts: readonly string[]): Check {
  return (value) => texts.some((text) => text === value)
}

/** A list of such values. */
export function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check)
}

/** An object of such a shape. */
export function shaped(shape: Shape): Check {
  return (value) => problemOf(value, shape) === undefined
}

/** What about a value is not of the shape, or `undefined`. Never throws, whatever the value does. */
export function problemOf(value: unknown, shape: Shape): string | undefined {
  if (typeof value !== 'object' || value === null) return 'it is no object'
  const wrong = Object.keys(shape).find((name) => !holds(value, name, shape[name]))
  return wrong === undefined ? undefined : `"${wrong}" is missing or of a wrong kind`
}

function holds(value: object, name: string, check: Check | undefined): boolean {
  try {
    return check?.(Reflect.get(value, name)) ?? true
  } catch {
    return false
  }
}
