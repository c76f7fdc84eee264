/** A part of a Markdown page, from its heading to the next one of any level. */
export interface Section {
  readonly title: string
  /** The heading of level 2 that it stands under; its own title when it is one. */
  readonly parent: string
  readonly text: string
  /** The cells of its tables, without the header; `code` marks of the first cell are taken off. */
  readonly rows: readonly (readonly string[])[]
}

/** The sections of a page, in order. Headings inside of code blocks are none. */
export function sectionsOf(page: string): readonly Section[] {
  let parent = ''
  return withoutCode(page)
    .split(/^(?=#{2,4} )/m)
    .filter((part) => part.startsWith('##'))
    .map((part) => {
      const [heading = '', ...lines] = part.split('\n')
      const title = heading.replace(/^#+ /, '').trim()
      if (heading.startsWith('## ')) parent = title
      const text = lines.join('\n')
      return { title, parent, text, rows: rowsOf(text) }
    })
}

function withoutCode(page: string): string {
  return page.replace(/^```[\s\S]*?^```$/gm, '')
}

/** A table row; the header and the line of dashes below it are none. */
function rowsOf(text: string): readonly (readonly string[])[] {
  const rows = text.split('\n').filter((line) => line.startsWith('|'))
  return rows.filter((_, index) => !isHeader(rows, index)).map(cellsOf)
}

function isHeader(rows: readonly string[], index: number): boolean {
  const isRule = (row: string | undefined) => row !== undefined && /^\|[-| ]+\|$/.test(row)
  return isRule(rows[index]) || isRule(rows[index + 1])
}

function cellsOf(row: string): readonly string[] {
  const [first = '', ...others] = row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
  return [first.replace(/^`([^`]*)`$/, '$1'), ...others]
}
