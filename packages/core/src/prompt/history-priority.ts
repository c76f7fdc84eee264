/** How much what an agent said is worth keeping when not all of it fits. @source A7.12 */
export type HistoryPriority = 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW'

/** From the most to the least worth keeping. */
export const PRIORITIES: readonly HistoryPriority[] = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW']

const AGENTS: Readonly<Record<HistoryPriority, readonly string[]>> = {
  CRITICAL: [
    ...['merge-decider', 'deploy-decider', 'requirements-critic', 'design-critic', 'test-critic'],
    ...['code-critic', 'ux-critic', 'code-implementer', 'test-author', 'self-reviewer'],
  ],
  HIGH: [
    ...['requirements-author', 'bdd-author', 'adr-author', 'interface-designer', 'observability-designer'],
    ...['design-optioneer', 'work-planner', 'test-strategist', 'receipt-checker', 'contract-enforcer'],
    ...['security-scanner', 'coverage-enforcer', 'gate-fixer', 'smoke-verifier', 'deploy-monitor'],
  ],
  MEDIUM: [
    ...['clarifier', 'risk-analyst', 'policy-analyst', 'impact-analyzer', 'context-loader', 'fixer'],
    'mutator',
  ],
  LOW: [
    ...['signal-normalizer', 'problem-framer', 'scope-assessor', 'gh-reporter', 'doc-writer'],
    ...['flow-historian', 'artifact-auditor', 'regression-analyst', 'learning-synthesizer'],
    ...['feedback-applier', 'swarm-ops', 'ux-implementer', 'repo-operator'],
  ],
}

const byAgent = new Map(
  PRIORITIES.flatMap((priority) => AGENTS[priority].map((agent) => [agent, priority] as const)),
)

/** The priority of an agent, by its key; of one that the sources do not name, by what its key says it does. */
export function priorityOf(agentKey: string): HistoryPriority {
  return byAgent.get(agentKey) ?? guessed(agentKey)
}

function guessed(agentKey: string): HistoryPriority {
  if (/critic|decider/.test(agentKey)) return 'CRITICAL'
  if (/author|implement/.test(agentKey)) return 'HIGH'
  return 'MEDIUM'
}
