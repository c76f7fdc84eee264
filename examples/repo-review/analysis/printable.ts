// Controls, marks of direction and the like could pass for something else; the joiner of emoji may stay.
const hidden = /(?!\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Text from a repository as it may be shown: one line, nothing hidden, cut in the middle at `limit`. */
export function printable(text: string, limit = Number.POSITIVE_INFINITY): string {
  const shown = text.replace(hidden, toEscape)
  if (shown.length <= limit) return shown
  const characters = [...shown]
  const head = Math.ceil((limit - 1) / 2)
  const tail = characters.slice(Math.max(head, characters.length - (limit - 1 - head)))
  return characters.length <= limit ? shown : `${characters.slice(0, head).join('')}…${tail.join('')}`
}

function toEscape(character: string): string {
  return named[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}
