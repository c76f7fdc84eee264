/** Deeper values overflow the stacks of serialisers. */
const MAX_DEPTH = 1_000

/** Whether a value survives JSON unchanged. False for one that cannot even be read. */
export function isJson(value: unknown): boolean {
  try {
    return isPlain(value, new Set())
  } catch {
    return false
  }
}

function isPlain(value: unknown, above: Set<object>): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || above.has(value) || above.size > MAX_DEPTH || !isPlainObject(value))
    return false
  above.add(value)
  const isSound = Object.values(value).every((member) => isPlain(member, above))
  above.delete(value)
  return isSound
}

function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}
