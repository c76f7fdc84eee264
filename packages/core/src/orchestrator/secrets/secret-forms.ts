/**
 * My job: the ways in which a secret stands in a text.
 *
 * 1. A secret is known as it was declared, as JSON and a URL write it, and as it is when its own escapes are
 *    read: a key with `\n` in the environment is printed in lines.
 * 2. The space around it is not part of it: a file ends in a line feed, and what is printed of it does not.
 * 3. What is shorter than {@link LEAST_CHARACTERS} is no form: it would stand in half of all texts.
 */
import { wellFormed } from '../plain-json.ts'

/** A shorter text is no secret that could be told from a word. */
export const LEAST_CHARACTERS = 8

/** Every way in which a secret may stand in a text; none when it is too short for one. */
export function formsOf(secret: string): readonly string[] {
  const bare = wellFormed(secret.trim())
  const inUrl = encodeURIComponent(bare)
  const forms = [bare, inJson(bare), fromJson(bare), inUrl, lowerHex(inUrl), inUrl.replaceAll('%20', '+')]
  return [...new Set(forms)].filter(({ length }) => length >= LEAST_CHARACTERS)
}

/** Whether a value can be a secret: what is left of it without the space around it is long enough. */
export function isSecret(value: unknown): value is string {
  return typeof value === 'string' && value.trim().length >= LEAST_CHARACTERS
}

function inJson(text: string): string {
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

/** Some write the digits of an escape in small letters. */
function lowerHex(inUrl: string): string {
  return inUrl.replace(/%[0-9A-F]{2}/g, (digits) => digits.toLowerCase())
}
