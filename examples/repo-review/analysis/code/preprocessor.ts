/**
 * Takes the preprocessor out of C: directives become blanks, and of `#if … #else … #endif` only the
 * first branch stays, because the branches open braces that are closed once.
 */
export function blankPreprocessor(code: string): string {
  const skipping: boolean[] = []
  let isContinued = false
  const lines = code.split('\n').map((line) => {
    const directive = isContinued ? '' : /^\s*#\s*(\w+)/.exec(line)?.[1]
    const isDirective = directive !== undefined
    isContinued = isDirective && line.endsWith('\\')
    if (directive?.startsWith('if')) skipping.push(false)
    else if (directive?.startsWith('el') && skipping.length > 0) skipping[skipping.length - 1] = true
    else if (directive === 'endif') skipping.pop()
    return isDirective || skipping.includes(true) ? ' '.repeat(line.length) : line
  })
  return lines.join('\n')
}
