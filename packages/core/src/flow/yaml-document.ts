/**
 * YAML text to a document of the `yaml` package: YAML 1.2 core, one document, string keys. The package walks
 * a document by recursion, and V8 can end the whole process when its stack runs out at the wrong moment, so
 * the depth is known before anything walks.
 */
import { Composer, type CST, type Document, type LineCounter, Parser } from 'yaml'

/** Levels that a source may nest. */
export const DEPTH_LIMIT = 64

/** A document, or why there is none. */
export type YamlDocument =
  | { readonly document: Document.Parsed; readonly fault?: never }
  | { readonly document?: never; readonly fault: YamlFault }

/** What keeps a text from being a document. */
export interface YamlFault {
  readonly code: 'source_invalid' | 'source_too_deep'
  readonly reason: string
  /** Offset into the text. */
  readonly offset: number
}

/** Parses one document. Line starts are told to the counter. */
export function parseYaml(text: string, lines: LineCounter): YamlDocument {
  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  const deep = tokens.map((token) => deepToken(token)).find((token) => token !== undefined)
  if (deep !== undefined) {
    const reason = `is more than ${DEPTH_LIMIT} levels deep`
    return { fault: { code: 'source_too_deep', reason, offset: deep.offset } }
  }
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    resolveKnownTags: false,
    stringKeys: true,
    // The package's own check compares each key with all others: a long map would take minutes.
    uniqueKeys: false,
  })
  const [document, second] = composer.compose(tokens, true, text.length)
  if (document === undefined || second !== undefined) {
    const reason = 'holds more than one document. Make a file of each.'
    return { fault: { code: 'source_invalid', reason, offset: second?.range[0] ?? 0 } }
  }
  return { document }
}

/** The first token that lies too deep, found without recursion. */
function deepToken(root: CST.Token): CST.Token | undefined {
  let level: readonly CST.Token[] = [root]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_LIMIT + 1) return level[0]
    level = level.flatMap(childrenOf)
  }
  return undefined
}

function childrenOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return present([token.value])
  return 'items' in token ? token.items.flatMap(({ key, value }) => present([key, value])) : []
}

function present(tokens: readonly (CST.Token | null | undefined)[]): readonly CST.Token[] {
  return tokens.filter((token): token is CST.Token => token !== null && token !== undefined)
}
