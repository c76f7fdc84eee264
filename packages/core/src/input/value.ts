/** An object that may hold fields. */
export type Holder = Readonly<Record<string, unknown>>

/** Whether a value is an object that is no list and no instance of a class. */
export function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** The value itself, which nobody can change any more; what lies in it was frozen before or is now. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  if (Array.isArray(value)) for (const member of value) frozen(member)
  else for (const key in value) frozen(value[key])
  return value
}

/** A value for a message: short, and never a failure of its own. */
export function show(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return value.length === 0 ? '[]' : 'a list'
  if (typeof value === 'object' && value !== null) return showObject(value)
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return shown.length > 80 ? `${shown.slice(0, 77)}...` : shown
}

function showObject(value: object): string {
  if (isHolder(value)) return 'an object'
  const name: unknown = Object.getPrototypeOf(value).constructor?.name
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an instance of a class'
}
