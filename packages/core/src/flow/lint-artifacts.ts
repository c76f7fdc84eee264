/** Names of the files that are kept of each step (rule J4): `<step>-<agent>`, as in the sources. */
import type { StepDefinition } from './definition.ts'
import type { Lint } from './lint-finding.ts'

/** Reports `artifact_name_taken`, where an id and an agent together read like those of another step. */
export function lintArtifacts({ graph, report }: Lint): void {
  const owners = new Map<string, string>()
  for (const { id, index, definition } of graph.steps) {
    const { agent, field } = agentOf(definition)
    const name = `${id}-${agent}`
    const owner = owners.get(name) ?? id
    owners.set(name, owner)
    // Two steps of one id are reported as such.
    if (owner === id) continue
    const text = `keeps its receipt as "${name}", as step "${owner}" does: one replaces the other. Rename the step or its agent.`
    report({ code: 'artifact_name_taken', step: index, field, text, severity: 'warning' })
  }
}

/** The agent in the file names of a step, and the field that tells it. */
function agentOf(step: StepDefinition): { readonly agent: string; readonly field: string } {
  if (step.kind === 'agent' && step.agents?.[0] !== undefined)
    return { agent: step.agents[0], field: 'agents' }
  if (step.kind === 'agent' && step.station !== undefined) return { agent: step.station, field: 'station' }
  return { agent: 'agent', field: 'id' }
}
