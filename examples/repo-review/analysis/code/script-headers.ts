import type { Brace, BraceHeader } from './brace-functions.ts'

/** What a brace of JavaScript or TypeScript opens. */
export function classifyScript(header: BraceHeader): Brace {
  const { text, around } = header
  if (text.endsWith('=>')) return toArrow(header)
  if (isClass.test(text)) return { kind: 'class' }
  if (isValue(header)) return { kind: 'literal' }
  const call = /\(\s*\)\s*(?::[^=]*(?:=>[^=]*)?)?$/.exec(text)
  if (call === null) return { kind: text.endsWith('>') ? 'literal' : 'block' }
  const before = text.slice(0, call.index)
  const declared = /\bfunction\b\s*\*?\s*([\w$]*)\s*(?:<[\s\S]*>)?\s*$/.exec(before)
  if (declared)
    return toFunction(declared[1] || nameOfValue(before.slice(0, declared.index), header), declared)
  const name = (around === 'class' || around === 'literal') && method.exec(before)?.[1]
  return name && !controls.test(name) ? toMethod(name, before) : { kind: 'block' }
}

const method =
  /(?:^|[\n,;}])\s*(?:@[\w$.]+(?:\(\s*\))?\s+|(?:public|private|protected|static|override|async|get|set)\s+)*\*?\s*(#?[\w$]+|"+|\[[^\n]*\])\s*\??(?:<[^()]*>)?\s*$/
const isClass =
  /(?:\bclass(?:\s+[\w$]+)?|\binterface\s+[\w$]+)(?:\s*<[\s\S]*>)?(?:\s+(?:extends|implements)\b[\s\S]*)?$/
const controls = /^(?:if|for|while|switch|catch|with|await|else|do|try|return|super)$/
const valueWord =
  /(?:^|[^\w$.])(?:export|import|const|let|var|type|as|satisfies|extends|infer|default|return|throw|new|in|of|yield|await|typeof|keyof|case|enum\s+[\w$]+)$/

/** An object, a pattern, a type, a JSX hole: no block. */
function isValue({ text, around }: BraceHeader): boolean {
  const trimmed = text.trim()
  if (trimmed === '') return around === '(' || around === '[' || around === 'literal'
  return /[=(,:[?&|<.{!+-]$/.test(text) || valueWord.test(text)
}

function toArrow(header: BraceHeader): Brace {
  const parameters = /(?:\(\s*\)\s*(?::[^=]*(?:=>[^=]*)?)?|[\w$]+\s*)=>$/.exec(header.text)
  if (parameters === null) return { kind: 'function', name: '(anonymous)' }
  const before = header.text
    .slice(0, parameters.index)
    .replace(/<[^=;]*>\s*$/, '')
    .replace(/\basync\s*$/, '')
  return toFunction(nameOfValue(before, header), parameters)
}

const declaration = /\b(?:const|let|var)\s+([\w$]+)\s*(?::[^;]*)?=\s*$/
const assignment = /([\w$#]+)\s*(?:\??\s*:[^=;,]*)?=\s*$/
const property = /([\w$#]+)\s*:\s*$/

/** The name that a function gets from where it stands: a constant, a property, or the call it is given to. */
function nameOfValue(before: string, { around, callee }: BraceHeader): string {
  const text = before.replace(/\basync\s*$/, '').trimEnd()
  const name = (declaration.exec(text) ?? assignment.exec(text) ?? property.exec(text))?.[1]
  if (name !== undefined) return name
  return around === '(' && callee !== '' ? `callback of ${callee}` : '(anonymous)'
}

function toMethod(name: string, before: string): Brace {
  return {
    kind: 'function',
    name: /^["[]/.test(name) ? '(computed)' : name,
    offset: before.lastIndexOf(name),
  }
}

function toFunction(name: string, { index }: RegExpExecArray): Brace {
  return { kind: 'function', name, offset: index }
}
