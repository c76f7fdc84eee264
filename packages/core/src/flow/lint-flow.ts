import { knownHint } from '../errors/closest.ts'
import { checkFlow, sourceOf } from './check-flow.ts'
import type { FlowDefinition, MapItemStep, StepDefinition } from './definition.ts'
import type { FlowIssue } from './issue.ts'
import { type Finding, IssueList } from './issue-list.ts'

/**
 * What is wrong, or looks wrong, with a flow or with any value that may be one; errors and warnings in one
 * list. A flow that `defineFlow` or `parseFlow` made has warnings at most. Never throws.
 */
export function lintFlow(flow: unknown): readonly FlowIssue[] {
  return issuesOf(flow).issues
}

/** What flows are linted against together. */
export interface LintFlowsOptions {
  /** Ids of the engines that steps may name. @default they are not checked */
  readonly engines?: Iterable<string>
}

/** What is wrong with flows that run together: each by itself, and the flows and engines that they name. */
export function lintFlows(
  flows: readonly FlowDefinition[],
  options: LintFlowsOptions = {},
): readonly FlowIssue[] {
  const known: Known = {
    flow: new Set(flows.map(({ key }) => key)),
    engine: options.engines === undefined ? undefined : new Set(options.engines),
  }
  const seen = new Set<string>()
  return flows.flatMap((flow) => {
    const issues = issuesOf(flow).fork()
    const text = `has the key of another flow. Rename one of the two, or give the flow once.`
    if (seen.has(flow.key)) issues.report({ code: 'duplicate_flow', path: 'key', text })
    seen.add(flow.key)
    for (const finding of mentionsIn(flow).flatMap((mention) => findingOf(mention, known)))
      issues.report(finding)
    return issues.issues
  })
}

function issuesOf(flow: unknown): IssueList {
  const made = sourceOf(flow)
  if (made !== undefined) return made.issues
  const issues = new IssueList('camel')
  checkFlow(flow, { kind: 'json', issues })
  return issues
}

interface Known {
  readonly flow: ReadonlySet<string>
  readonly engine: ReadonlySet<string> | undefined
}

/** A flow or an engine that a flow names. */
interface Mention {
  readonly of: 'flow' | 'engine'
  readonly name: string | undefined
  readonly path: string
  /** A macro route: the flow may be run without the flow that comes next (rule V2). */
  readonly isMacro?: true
}

function mentionsIn({ defaults, onComplete, onFailure, steps = [] }: FlowDefinition): readonly Mention[] {
  return [
    { of: 'engine', name: defaults?.engine, path: 'defaults.engine' },
    { of: 'flow', name: onComplete?.nextFlow, path: 'onComplete.nextFlow', isMacro: true },
    { of: 'flow', name: onFailure?.nextFlow, path: 'onFailure.nextFlow', isMacro: true },
    ...steps.flatMap((step, index) => mentionsOf(step, `steps[${index}]`)),
  ]
}

function mentionsOf(step: StepDefinition | MapItemStep, path: string): readonly Mention[] {
  return [
    { of: 'engine', name: step.engine, path: `${path}.engine` },
    ...(step.kind === 'flow' ? [{ of: 'flow' as const, name: step.flow, path: `${path}.flow` }] : []),
    ...(step.kind === 'map' ? mentionsOf(step.step, `${path}.step`) : []),
  ]
}

function findingOf({ of, name, path, isMacro }: Mention, known: Known): readonly Finding[] {
  const names = known[of]
  if (name === undefined || names === undefined || names.has(name)) return []
  const verb = isMacro ? 'goes on to' : of === 'flow' ? 'runs' : 'names'
  return [
    {
      code: of === 'flow' ? 'unknown_flow' : 'unknown_engine',
      path,
      text: `${verb} unknown ${of} "${name}".${knownHint(name, names)}`,
      severity: isMacro ? 'warning' : 'error',
    },
  ]
}
