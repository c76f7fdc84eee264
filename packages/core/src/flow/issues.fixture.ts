import { SwarmError } from '../errors/swarm-error.ts'
import { defineFlow } from './define-flow.ts'
import type { FlowInput } from './flow.ts'
import type { FlowIssue } from './issue.ts'
import { parseFlow } from './parse-flow.ts'

/** The issues of a flow in TypeScript that is refused; none when it is made. */
export function issuesIn(input: unknown): readonly FlowIssue[] {
  // Wrong inputs are the point: the types would refuse them first.
  return issuesOf(() => defineFlow(input as FlowInput))
}

/** The issues of a flow in YAML that is refused; none when it is made. */
export function issuesInYaml(source: string): readonly FlowIssue[] {
  return issuesOf(() => parseFlow(source))
}

/** The issues of steps in YAML, each of them an agent step unless it says otherwise. */
export function issuesInSteps(...steps: readonly string[]): readonly FlowIssue[] {
  return issuesInYaml(toYaml(steps))
}

/** A flow of steps in YAML, each of them an agent step unless it says otherwise. */
export function toYaml(steps: readonly string[]): string {
  const whole = steps.map((step) =>
    /prompt:|kind: (map|flow)/.test(step) ? step : step.replace('{', '{prompt: x, '),
  )
  return ['key: flow', 'steps:', ...whole.map((step) => `  - ${step}`)].join('\n')
}

/** Issues in short: code, step and field. */
export function outline(issues: readonly FlowIssue[]): readonly string[] {
  return issues.map(({ code, step, field }) =>
    [code, step, field].filter((word) => word !== undefined).join(' '),
  )
}

function issuesOf(make: () => unknown): readonly FlowIssue[] {
  try {
    make()
    return []
  } catch (error) {
    if (!SwarmError.is(error) || error.code !== 'flow_invalid') throw error
    // The contract of `flow_invalid`.
    return error.details as readonly FlowIssue[]
  }
}
