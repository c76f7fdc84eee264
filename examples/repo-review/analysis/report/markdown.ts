/** Writes Markdown in which names from a repository can change nothing: every part is escaped here. */

/** A path or a name as code. */
export function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  const pad = /^[` ]|[` ]$/.test(text) ? ' ' : ''
  return `${fence}${pad}${text}${pad}${fence}`
}

/** Text without markup. An underscore within a word is none. */
export function plain(text: string): string {
  return text.replace(/[\\`*<|[\]]|(?<!\w)_|_(?!\w)|~(?=~)|&(?=#?\w+;)/g, '\\$&')
}

/** A table; its cells are Markdown of one line. The columns named in `right` are aligned to the right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
): string {
  const rule = head.map((name) => (right.includes(name) ? '---:' : '---'))
  return [head, rule, ...rows].map((cells) => `| ${cells.map(toCell).join(' | ')} |`).join('\n')
}

/** `1 file`, `1,234 files`. */
export function count(number: number, noun: string): string {
  const plural = /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`
  return `${thousands(number)} ${number === 1 ? noun : plural}`
}

/** `1,234`. */
export function thousands(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `12 kB`, `3.4 MB`. */
export function size(bytes: number): string {
  if (bytes < 1_000) return count(bytes, 'byte')
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** `12 %`; what is there is never 0 %. */
export function percent(part: number, whole: number): string {
  const share = whole === 0 ? 0 : Math.round((100 * part) / whole)
  return share === 0 && part > 0 ? '< 1 %' : `${share} %`
}

/**
 * A reviewer's text below a heading of this document: its own headings come below that one, an open
 * code fence is closed, HTML stays text.
 */
export function embed(text: string, level: number): string {
  let fence = ''
  const lines = text
    .trim()
    .split(/\r?\n/)
    .map((line) => {
      const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? ''
      const isInside = fence !== ''
      if (!isInside) fence = mark
      else if (mark.startsWith(fence) && line.trim() === mark) fence = ''
      return isInside ? line : embedLine(line, level)
    })
  return [...lines, ...(fence === '' ? [] : [fence])].join('\n')
}

function embedLine(line: string, level: number): string {
  const parts = line.replace(/^ {0,3}#{1,6}(?=\s)/, '#'.repeat(Math.min(6, level + 1))).split(/(`+[^`]*`+)/)
  return parts.map((part) => (part.startsWith('`') ? part : part.replace(/<(?=[a-z/!?])/gi, '&lt;'))).join('')
}

/** A pipe would end the cell, also one in code. */
function toCell(markdown: string): string {
  return markdown.replace(/\\*\|/g, '\\|')
}
