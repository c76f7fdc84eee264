import { IssueList } from '../flow/issue-list.ts'
import type { JsonObject, JsonValue } from '../flow/json.ts'
import { isJsonObject } from '../flow/json.ts'
import { Origins } from '../flow/origin.ts'
import { readYaml } from '../flow/yaml-source.ts'
import { jsonAtEnd, parseJson } from './json-text.ts'

/** Longer blocks are no front matter. */
const SIZE_LIMIT = 64_000
/** Each may stand for the whole block. */
const ALIAS_LIMIT = 10

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

/** As a flow is read: bounded in depth and in what aliases expand to. Numbers that JSON does not know become null. */
function parseYaml(block: string): JsonValue | undefined {
  const issues = new IssueList('snake')
  try {
    const value = readYaml(block, { issues, origins: new Origins(), aliasLimit: ALIAS_LIMIT })
    return issues.issues.length > 0 ? undefined : parseJson(JSON.stringify(value ?? null))
  } catch {
    return undefined
  }
}
