/**
 * My job: the ways in which a secret stands in a text: those in which core finds it in a run.
 *
 * 1. As it was declared, without the space around it, and as it is when its own escapes are read; with any line ends.
 * 2. Each of these as it stands, as JSON writes it, also within JSON, and as a URL writes it.
 * 3. One of digits as the number that it is.
 * 4. What is shorter than {@link LEAST} is no form: it would stand in half of all texts.
 */

const LEAST = 8

/** Every way in which a secret may stand in a text; none when it is too short for one. */
export function formsOf(secret: string): readonly string[] {
  const bare = wellFormed(secret.trim())
  const texts = [bare, wellFormed(fromJson(bare))].flatMap(inLines)
  const forms = [...texts, ...texts.flatMap(inJson), ...texts.flatMap(inUrl), asNumber(bare)]
  return [...new Set(forms)].filter(({ length }) => length >= LEAST)
}

/** Half a character cannot be written into a file, nor into a URL. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\uFFFD')
}

function inLines(text: string): readonly string[] {
  const lines = text.replaceAll('\r\n', '\n')
  return [text, lines, lines.replaceAll('\n', '\r\n')]
}

function inJson(text: string): readonly string[] {
  const escaped = inQuotes(text)
  return [escaped, inQuotes(escaped), escaped.replaceAll('/', '\\/')]
}

function inQuotes(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function fromJson(text: string): string {
  try {
    // Texts only: what stands between quotes is read as nothing else.
    return String(JSON.parse(`"${text}"`))
  } catch {
    return text
  }
}

/** In a part of a URL and in a form, with the digits of an escape in letters of either case. */
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

/** As JSON prints the number. */
function asNumber(text: string): string {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(number) ? String(number) : text
}
