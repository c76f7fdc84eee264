/**
 * The tags that mark the sections of a prompt. Text from outside (outputs, answers, values) can never
 * look like one: in it the `<` of anything that reads as a tag of ours becomes `‹`, which keeps its
 * length. What no step said can therefore not be forged by what one did say.
 */

/** Characters that nobody sees: they must not hide a tag from the guard. */
const INVISIBLE = '\\u00ad\\u200b-\\u200f\\u2060-\\u2064\\ufeff'
const NAME = [...'baton'].join(`[${INVISIBLE}]*`)
const FORGED = new RegExp(`[<＜﹤](?=[\\s/\\\\!?${INVISIBLE}-]*${NAME}[\\s${INVISIBLE}]*[:：])`, 'gi')
const UNSAFE_IN_ATTRIBUTE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu
const ATTRIBUTE_LIMIT = 200

/** What an opening tag says about its content; members that are `undefined` are left out. */
export type TagAttributes = Readonly<Record<string, string | number | undefined>>

/** A section: the content between the two tags of a name, each on its own line. */
export function section(name: string, content: string, attributes: TagAttributes = {}): string {
  return `${openTag(name, attributes)}\n${content}\n${closeTag(name)}`
}

/** `<baton:name key="value">` */
export function openTag(name: string, attributes: TagAttributes = {}): string {
  const members = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${toAttribute(String(value))}"`)
  return `<baton:${name}${members.join('')}>`
}

/** `</baton:name>` */
export function closeTag(name: string): string {
  return `</baton:${name}>`
}

/** The text with nothing left in it that reads as one of our tags; of the same length. */
export function guard(text: string): string {
  return text.replace(FORGED, '‹')
}

function toAttribute(value: string): string {
  return clip(value.replace(UNSAFE_IN_ATTRIBUTE, ' '), ATTRIBUTE_LIMIT)
    .replaceAll('"', "'")
    .replace(/[<＜﹤]/g, '‹')
    .replaceAll('>', '›')
}

const CLIPPED = '... (truncated)'

/** The text, or its beginning and `... (truncated)`: never longer than the limit. @source A7.12 */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text
  const end = Math.max(0, limit - CLIPPED.length)
  return `${wholeCharacters(text, end)}${CLIPPED}`.slice(0, limit)
}

/** The first `end` code units, less the half of a surrogate pair that the cut would leave. */
function wholeCharacters(text: string, end: number): string {
  const isPairCut = end > 0 && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800
  return text.slice(0, isPairCut ? end - 1 : end)
}
