/**
 * Finds the functions of a source text. It is a scanner, no parser: it reads braces or indentation and
 * the words before them, so odd code may be missed or misnamed. Arrow functions without braces and
 * closures of Go, Rust and Java are part of the function around them.
 */
import { findBraceFunctions } from './brace-functions.ts'
import { classifierOf } from './brace-headers.ts'
import type { FoundFunction } from './found-function.ts'
import { findIndentFunctions } from './indent-functions.ts'
import { blankPreprocessor } from './preprocessor.ts'

/** The functions of a text whose comments are blank and whose strings are quotes, in order. */
export function findFunctions(code: string, language: string): readonly FoundFunction[] {
  if (language === 'Python') return findIndentFunctions(code)
  const classify = classifierOf(language)
  if (classify === undefined) return []
  const clean = language === 'C' || language === 'C++' ? blankPreprocessor(code) : code
  return findBraceFunctions(clean, classify).filter((found) => !wrapsFile(found, code))
}

/** A nameless function around nearly the whole file is a module's wrapper. */
function wrapsFile({ name, lines }: FoundFunction, code: string): boolean {
  return name === '(anonymous)' && lines > 0.8 * (code.split('\n').length - 1)
}
