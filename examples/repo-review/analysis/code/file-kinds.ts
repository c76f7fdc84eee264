import type { FileKind } from '../facts.ts'
import { languageOf, scriptLanguage } from './languages.ts'

const vendoredFolder =
  /(?:^|\/)(?:node_modules|vendor|vendored|third[_-]?party|bower_components|Pods|_vendor|site-packages)\//
const generatedName = new RegExp(
  [
    String.raw`(?:^|/)(?:package-lock\.json|npm-shrinkwrap\.json|go\.sum|[^/]+\.lock|pnpm-lock\.yaml|bun\.lockb|Package\.resolved)$`,
    String.raw`\.(?:min\.(?:js|mjs|css)|map|snap|pb\.go|pb\.cc|pb\.h|g\.dart|generated\.[a-z]+|designer\.cs)$`,
    String.raw`_pb2(?:_grpc)?\.pyi?$`,
    '(?:^|/)(?:__snapshots__|__generated__)/',
  ].join('|'),
)
const binaryName = new RegExp(
  String.raw`\.(?:png|jpe?g|gif|webp|avif|ico|icns|bmp|tiff?|psd|pdf|zip|gz|tgz|bz2|xz|zst|7z|rar|jar|war|class|` +
    'exe|dll|so|dylib|a|o|lib|wasm|woff2?|ttf|otf|eot|mp[34]|m4a|mov|avi|webm|ogg|wav|flac|' +
    'sqlite|db|parquet|npy|pyc|bin|dat|keystore|p12)$',
  'i',
)
const testPath = new RegExp(
  [
    '(?:^|/)(?:tests?|__tests__|specs?|e2e|testing)/',
    String.raw`[._-](?:tests?|specs?|fixtures?)\.[a-z]+$`,
    String.raw`(?:^|/)test_[^/]+\.py$|(?:^|/)conftest\.py$`,
    String.raw`(?:^|/)[^/]*(?:Test|Tests|IT|Spec)\.(?:java|kt|cs|scala|swift)$`,
  ].join('|'),
)
const fixtureFolder = /(?:^|\/)(?:fixtures?|__fixtures__|testdata|test-data|golden|snapshots)\//

/** What the path alone tells about a file; the content may still say that it is generated or binary. */
export function kindOfPath(path: string): FileKind {
  if (vendoredFolder.test(path)) return 'vendored'
  if (generatedName.test(path)) return 'generated'
  if (binaryName.test(path)) return 'binary'
  const { kind } = languageOf(path)
  if (fixtureFolder.test(path)) return 'data'
  return kind === 'source' && testPath.test(path) ? 'test' : kind
}

/** What the content adds. */
export function kindOfContent(path: string, text: string): FileKind {
  const kind = kindOfPath(path)
  if (kind === 'other' && scriptLanguage(text) !== undefined) return testPath.test(path) ? 'test' : 'source'
  if (kind !== 'source' && kind !== 'test') return kind
  return saysGenerated(text) || isMinified(text) ? 'generated' : kind
}

/** Git's own rule: a NUL among the first 8,000 bytes. */
export function isBinary(content: Buffer): boolean {
  return content.subarray(0, 8_000).includes(0)
}

// Only in a comment at the top: code that writes such headers is not generated itself.
function saysGenerated(text: string): boolean {
  const top = text.slice(0, 2_000).split('\n').slice(0, 12)
  return top.some((line) =>
    /^\s*(?:\/\/|\/?\*|#|--|;|<!--).*(?:@generated(?![\w-])|\b(?:auto[- ]?)?generated\b.*\bdo not (?:edit|modify)\b)/i.test(
      line,
    ),
  )
}

const MINIFIED_LINE = 5_000

/** Hardly any line breaks: nobody wrote or reads this. */
function isMinified(text: string): boolean {
  if (text.length < MINIFIED_LINE) return false
  const lines = text.split('\n')
  return text.length / lines.length > 250 && lines.some((line) => line.length > MINIFIED_LINE)
}
