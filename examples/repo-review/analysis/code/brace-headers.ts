import type { Brace, BraceHeader, Classify } from './brace-functions.ts'
import { classifyScript } from './script-headers.ts'

/** The reader of headers for a language with braces, or `undefined`. */
export function classifierOf(language: string): Classify | undefined {
  return classifiers[language]
}

const classifiers: Readonly<Record<string, Classify>> = {
  TypeScript: classifyScript,
  JavaScript: classifyScript,
  Go: classifyGo,
  Rust: classifyRust,
  Java: classifyJava,
  C: classifyC,
  'C++': classifyC,
}

const block: Brace = { kind: 'block' }
const literal: Brace = { kind: 'literal' }

function classifyGo({ text, around, inFunction }: BraceHeader): Brace {
  const isType = /\b(?:interface|struct)$|\]\s*\*?\w[\w.]*$/.test(text)
  if (isType || (text.trim() === '' && around === 'literal')) return literal
  const named = lastMatch(text, /\bfunc\s+(?:\(\s*\)\s*)?(\w+)/g)
  if (around === 'file' && !inFunction && named) return toFunction(named)
  const isStatement = /(?:^|\n)\s*(?:if|for|switch|select|else|go|defer|func|case|default)\b/.test(text)
  return isStatement || text.trim() === '' || /\bfunc\b[^{}]*$/.test(text) ? block : literal
}

function classifyRust({ text }: BraceHeader): Brace {
  const named = lastMatch(text, /\bfn\s+(\w+)/g)
  if (named) return toFunction(named)
  if (/\b(?:struct|enum|union|trait|impl|mod)\b/.test(text)) return { kind: 'class' }
  const opens = /(?:^|\b(?:if|else|for|while|loop|match|unsafe|async|move|try|const)\b[^{}]*|=>|[=|])$/
  return opens.test(text.trim()) ? block : literal
}

function classifyJava({ text, inFunction }: BraceHeader): Brace {
  if (
    /\b(?:class|interface|enum|record)\s+\w+/.test(text) ||
    /\bnew\s+[\w.]+\s*(?:<[^()]*>)?\s*\(\s*\)$/.test(text)
  ) {
    return { kind: 'class' }
  }
  if (/(?:[=,\]{([]|^\s*)$/.test(text)) return text.trim() === '' ? block : literal
  const named = /([A-Za-z_$][\w$]*)\s*\(\s*\)(?:\s*\[\s*\])*\s*(?:throws\s[\w\s.,<>@]+)?$/.exec(text)
  return named && !inFunction && !isControl(named[1]) ? toFunction(named) : block
}

// const, noexcept and the like may follow the parameters, and a constructor's initialisers.
const behindParameters =
  String.raw`(?:\s*(?:const|volatile|noexcept(?:\(\s*\))?|override|final|mutable|&&?|throw\(\s*\)|__\w+(?:\(\s*\))*))*` +
  String.raw`(?:\s*->[^(){}]*|\s*:(?!:)[^{}]*|\s+requires\b[^{}]*)?$`
const functionOfC = new RegExp(
  String.raw`((?:[\w~]+\s*::\s*)*(?:operator\s*[^\s\w(]{1,3}|~?[A-Za-z_]\w*))\s*\(\s*\)${behindParameters}`,
)

function classifyC({ text, inFunction }: BraceHeader): Brace {
  if (/[=,([{]$/.test(text) || /\breturn$/.test(text)) return literal
  const named = functionOfC.exec(text)
  if (named && !inFunction && !isControl(named[1]) && !hasAssignment(text)) return toFunction(named)
  const isClass = !inFunction && /\b(?:struct|union|enum|class)\b[^()=]*$/.test(text)
  return isClass ? { kind: 'class' } : block
}

/** `int x[] = F(1) {` is no function, `operator==() {` is. */
function hasAssignment(text: string): boolean {
  return /[^=!<>]=[^=]/.test(text.replace(/operator\s*[^\s\w(]+/g, ''))
}

function isControl(name: string | undefined): boolean {
  return /^(?:if|for|while|switch|catch|synchronized|try|do|else|return|sizeof|defined|alignas|decltype)$/.test(
    name ?? '',
  )
}

function lastMatch(text: string, pattern: RegExp): RegExpExecArray | undefined {
  return [...text.matchAll(pattern)].at(-1)
}

/** The function begins on the line of its name, wherever its modifiers and annotations stand. */
function toFunction(match: RegExpExecArray): Brace {
  const [whole, name = ''] = match
  const shown = name.replace(/\s+/g, '')
  return { kind: 'function', name: shown, offset: match.index + Math.max(0, whole.indexOf(name)) }
}
