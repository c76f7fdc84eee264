/**
 * My job: the ways in which a secret stands in a text.
 *
 * 1. A secret is known as it was declared, and as it is when its own escapes are read: a key with `\n` in the
 *    environment is printed in lines. Either with the line ends of any system.
 * 2. Each of these is known as it stands, as JSON writes it, also within JSON, and as a URL writes it.
 * 3. One of digits is known as the number that it is.
 * 4. The space around it is not part of it: a file ends in a line feed, and what is printed of it does not.
 * 5. What is shorter than {@link LEAST_CHARACTERS} is no form: it would stand in half of all texts.
 */
import { wellFormed } from '../plain-json.ts'

/** A shorter text is no secret that could be told from a word. */
export const LEAST_CHARACTERS = 8

/**
 * Every way in which a secret may stand in a text: as it is, as JSON and URLs write it, as a number. For whoever
 * writes files of its own beside a run, as a cassette is. None when it has fewer than 8 characters.
 */
export function formsOf(secret: string): readonly string[] {
  const bare = wellFormed(secret.trim())
  const texts = [bare, wellFormed(fromJson(bare))].flatMap(inLines)
  const forms = [...texts, ...texts.flatMap(inJson), ...texts.flatMap(inUrl), asNumber(bare)]
  return [...new Set(forms)].filter(({ length }) => length >= LEAST_CHARACTERS)
}

/** Whether a value can be a secret: what is left of it without the space around it is long enough. */
export function isSecret(value: unknown): value is string {
  return typeof value === 'string' && value.trim().length >= LEAST_CHARACTERS
}

/** With the line ends that it has, and with those of each kind of system. */
function inLines(text: string): readonly string[] {
  const lines = text.replaceAll('\r\n', '\n')
  return [text, lines, lines.replaceAll('\n', '\r\n')]
}

/** As it stands in JSON, in JSON that is a text in JSON, and where slashes are escaped too. */
function inJson(text: string): readonly string[] {
  const escaped = quoted(text)
  return [escaped, quoted(escaped), escaped.replaceAll('/', '\\/')]
}

/** As JSON writes it between quotes. */
function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function fromJson(text: string): string {
  if (!text.includes('\\')) return text
  try {
    // Texts only: what stands between quotes is read as nothing else.
    return String(JSON.parse(`"${text}"`))
  } catch {
    return text
  }
}

/** As it stands in a URL, in one of its parts and in a form, with the digits of an escape in letters of either case. */
function inUrl(text: string): readonly string[] {
  const part = encodeURIComponent(text)
  const inForm = part.replace(/[!'()~]/g, toEscape).replaceAll('%20', '+')
  const forms = [
    part,
    part.replace(/[!'()*]/g, toEscape),
    part.replaceAll('%20', '+'),
    inForm,
    encodeURI(text),
  ]
  return [...forms, ...forms.map(lowerHex)]
}

function toEscape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

function lowerHex(inUrl: string): string {
  return inUrl.replace(/%[0-9A-F]{2}/g, (digits) => digits.toLowerCase())
}

/** As JSON prints the number: without zeros before it, and without the digits that it has no room for. */
function asNumber(text: string): string {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(number) ? String(number) : text
}
