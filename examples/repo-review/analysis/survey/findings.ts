import type { Finding, Severity } from '../facts.ts'
import { concentration, coupled, dormant, hotSpot, rewritten } from './change-rules.ts'
import { crowded, deepNesting, largeFile, longFunction, manyLongFunctions, markers } from './code-rules.ts'
import type { Rule, RuleInput } from './rule.ts'
import { fewTests, untested } from './test-rules.ts'

/** Among findings of one severity, those of an earlier rule come first. */
const rules: readonly Rule[] = [
  hotSpot,
  longFunction,
  rewritten,
  manyLongFunctions,
  fewTests,
  untested,
  coupled,
  markers,
  deepNesting,
  largeFile,
  concentration,
  crowded,
  dormant,
]
const MAX_FINDINGS = 10
const order: readonly Severity[] = ['high', 'medium', 'low']

/** Applies every rule; the weightiest findings come first. */
export function findFindings(input: RuleInput): readonly Finding[] {
  const found = rules.flatMap((rule) => rule(input))
  return order
    .flatMap((severity) => found.filter((finding) => finding.severity === severity))
    .slice(0, MAX_FINDINGS)
}

/** How careful a reviewer should be here. */
export function riskOf(findings: readonly Finding[]): Severity {
  if (findings.some(({ severity }) => severity === 'high')) return 'high'
  return findings.filter(({ severity }) => severity === 'medium').length > 1 ? 'medium' : 'low'
}
