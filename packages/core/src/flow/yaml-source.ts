/**
 * YAML to plain values: YAML 1.2 core, one document, string keys, each key once, no tags of one's own, and
 * bounded in size, depth and what aliases expand to. Every value's line is remembered.
 */
import { type Alias, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node } from 'yaml'
import type { FlowIssueCode } from './issue.ts'
import type { IssueList } from './issue-list.ts'
import type { Origins } from './origin.ts'
import { DEPTH_LIMIT, parseYaml } from './yaml-document.ts'

const LENGTH_LIMIT = 500_000
const VALUE_LIMIT = 100_000

/** Where a source's lines and problems go. */
export interface YamlSink {
  readonly issues: IssueList
  readonly origins: Origins
  /** How many aliases are replaced by what they stand for. @default as many as the values allow */
  readonly aliasLimit?: number
}

/** The value of a YAML text, or `undefined` when it has none that could be read. */
export function readYaml(text: string, sink: YamlSink): unknown {
  if (text.length > LENGTH_LIMIT) {
    const finding = `has ${text.length} characters, of which at most ${LENGTH_LIMIT} are read. Split it up.`
    sink.issues.report({ code: 'source_too_large', path: '', text: finding })
    return undefined
  }
  const lines = new LineCounter()
  const { document, fault } = parseYaml(text, lines)
  const refuse = (code: FlowIssueCode, finding: string, offset: number): void => {
    const { line } = lines.linePos(offset)
    sink.issues.report({ code, path: '', text: finding.trim(), origin: { line } })
  }
  if (document === undefined) return refuse(fault.code, fault.reason, fault.offset)
  const { errors, warnings, contents } = document
  for (const { message, pos } of errors) refuse('source_invalid', `is no YAML: ${message}`, pos[0])
  for (const { message, pos } of warnings) refuse('tag_refused', `has a tag: ${message}`, pos[0])
  return errors.length > 0 ? undefined : new Conversion(lines, sink).convert(contents)
}

/** Gives up on a source: the issue that says why has been reported. */
class GivenUp extends Error {}

/** One walk over a document. */
class Conversion {
  readonly #lines: LineCounter
  readonly #sink: YamlSink
  readonly #anchors = new Map<string, Node>()
  #values = 0
  #aliases = 0

  constructor(lines: LineCounter, sink: YamlSink) {
    this.#lines = lines
    this.#sink = sink
  }

  convert(contents: unknown): unknown {
    try {
      this.#sink.issues.locate('', { line: this.#lineOf(contents) })
      return this.#valueOf(contents, 0)
    } catch (error) {
      if (error instanceof GivenUp) return undefined
      throw error
    }
  }

  #valueOf(node: unknown, depth: number): unknown {
    this.#count(node, depth)
    if (isAlias(node)) return this.#valueOf(this.#anchored(node), depth + 1)
    this.#noteAnchor(node)
    if (isMap(node)) return this.#objectOf(node.items, depth)
    if (isSeq(node)) return this.#listOf(node.items, depth)
    return isScalar(node) ? node.value : null
  }

  #count(node: unknown, depth: number): void {
    this.#values += 1
    const once = 'once its aliases are replaced'
    if (this.#values > VALUE_LIMIT) {
      this.#giveUp('source_too_large', `holds over ${VALUE_LIMIT} values ${once}`, node)
    }
    if (depth > DEPTH_LIMIT) {
      this.#giveUp('source_too_deep', `is over ${DEPTH_LIMIT} levels deep ${once}`, node)
    }
  }

  #objectOf(pairs: readonly { readonly key: unknown; readonly value: unknown }[], depth: number): unknown {
    const members = new Map<string, unknown>()
    const lines = new Map<string, number>()
    for (const { key: node, value } of pairs) {
      this.#noteAnchor(node)
      const key = String(isScalar(node) ? node.value : '')
      if (members.has(key)) this.#refuseTwice(key, this.#lineOf(node))
      else members.set(key, this.#valueOf(value, depth + 1))
      if (!lines.has(key)) lines.set(key, this.#lineOf(node))
    }
    const object = Object.fromEntries(members)
    for (const [key, line] of lines) this.#sink.origins.note(object, key, { line })
    return object
  }

  #listOf(nodes: readonly unknown[], depth: number): readonly unknown[] {
    const list = nodes.map((node) => this.#valueOf(node, depth + 1))
    for (const [index, node] of nodes.entries()) {
      this.#sink.origins.note(list, index, { line: this.#lineOf(node) })
    }
    return list
  }

  /** The package looks through the whole document for each alias; anchors stand before, so they are known. */
  #noteAnchor(node: unknown): void {
    if (isNode(node) && 'anchor' in node && node.anchor !== undefined) this.#anchors.set(node.anchor, node)
  }

  #anchored(alias: Alias): Node | undefined {
    const { aliasLimit = VALUE_LIMIT } = this.#sink
    this.#aliases += 1
    if (this.#aliases > aliasLimit) this.#giveUp('source_too_large', `has over ${aliasLimit} aliases`, alias)
    const node = this.#anchors.get(alias.source)
    if (node === undefined) this.#giveUp('source_invalid', `has the alias *${alias.source} of nothing`, alias)
    return node
  }

  #refuseTwice(key: string, line: number): void {
    const text = `has the key "${key}" twice. Keep one of the two.`
    this.#sink.issues.report({ code: 'duplicate_key', path: '', text, origin: { line } })
  }

  #giveUp(code: FlowIssueCode, text: string, node: unknown): never {
    const origin = { line: this.#lineOf(node) }
    this.#sink.issues.report({ code, path: '', text: `${text}.`, origin })
    throw new GivenUp()
  }

  #lineOf(node: unknown): number {
    // Every node of the library may have a range; what is no node has none.
    const offset = (node as Node | null)?.range?.[0] ?? 0
    return this.#lines.linePos(offset).line
  }
}
