import type { JsonValue } from '@batonjs/core'

/** Data that has broken journals: each must be read back as it is. */
export const ODD_DATA: readonly JsonValue[] = [
  'nul \0 bell \u0007 escape \u001b[31m delete \u007f',
  'line\nfeed\r\nreturn\u2028separator\u2029paragraph\u0085next',
  'quote " backslash \\ slash / \\u0000 \\n',
  'astral \u{1f44d}\u{1f3fd} combined e\u0301 right-to-left \u202e',
  '\ufeffbyte order mark',
  '</script><!-- ]]> `$x` $1 %s',
  '',
  [0, -0.5, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, 1.7976931348623157e308],
  [true, false, null, [], {}, [[[]]]],
  { '': 'empty key', ' ': 'blank', 'a.b': 'dot', '1': 'number', ключ: 'letters', '\u2028': 'separator' },
  { runId: 'other', seq: 0, ts: '', type: 'run_completed', crc: '00000000', crc32: 0 },
  JSON.parse(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toJSON":"x","hasOwnProperty":1}',
  ),
  Array.from({ length: 60 }).reduce<JsonValue>((inner) => ({ inner }), 'deep'),
]

/** Half surrogate pairs, which UTF-8 cannot hold. */
export const ODD_TEXT = 'high \ud83d, low \udc4d, whole \u{1f44d}, turned \udc4d\ud83d.'

/** A value as UTF-8 gives it back: every half pair is U+FFFD. */
export function toReplaced(value: unknown): unknown {
  const text = JSON.stringify(value, (_, member) =>
    typeof member === 'string' ? replaceHalves(member) : member,
  )
  return JSON.parse(text)
}

function replaceHalves(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}
