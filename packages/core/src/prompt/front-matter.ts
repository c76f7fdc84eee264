import { parseDocument } from 'yaml'
import type { JsonObject, JsonValue } from '../flow/json.ts'
import { isJsonObject } from '../flow/json.ts'
import { jsonAtEnd, parseJson } from './json-text.ts'

/** Longer blocks are no front matter. */
const SIZE_LIMIT = 64_000

/**
 * The fields that an answer states about itself: a leading `---` block of YAML, or the one JSON object
 * that the text is or ends in, also inside a code fence. `undefined` when there is none that can be
 * read. Never throws; a key such as `__proto__` is a member like any other.
 */
export function parseFrontMatter(text: string): JsonObject | undefined {
  return parseLeadingYaml(text) ?? parseTrailingJson(text)
}

function parseLeadingYaml(text: string): JsonObject | undefined {
  const block = leadingBlock(text.slice(0, SIZE_LIMIT))
  const value = block === undefined ? undefined : parseYaml(block)
  return isJsonObject(value) ? value : undefined
}

function parseTrailingJson(text: string): JsonObject | undefined {
  const value = jsonAtEnd(text.slice(-SIZE_LIMIT))
  return isJsonObject(value) ? value : undefined
}

/** What stands between a first line `---` and the next line `---` or `...`. */
function leadingBlock(text: string): string | undefined {
  const opening = /^\ufeff?\s*---[ \t]*\r?\n/.exec(text)?.[0]
  if (opening === undefined) return undefined
  const rest = text.slice(opening.length)
  const closing = /^(?:---|\.\.\.)[ \t]*\r?$/m.exec(rest)
  return closing === null ? undefined : rest.slice(0, closing.index)
}

function parseYaml(block: string): JsonValue | undefined {
  try {
    const document = parseDocument(block, {
      schema: 'core',
      stringKeys: true,
      prettyErrors: false,
      logLevel: 'silent',
    })
    if (document.errors.length > 0 || document.warnings.length > 0) return undefined
    // Aliases that form a circle throw here; numbers that JSON does not know, such as `.inf`, become null.
    return parseJson(JSON.stringify(document.toJS({ maxAliasCount: 10 })))
  } catch {
    return undefined
  }
}
