/** My job: whether the agent can run here, without a call of its model. */
import { EngineError, type EngineProbe, toPlainError } from '@batonjs/core'
import { loadAcpSdk } from './acp-sdk.ts'
import { startAgent } from './agent.ts'
import type { AgentPlan } from './agent-plan.ts'
import { fieldsOf, textOf } from './fields.ts'
import { greet } from './greeting.ts'

/** Starts the agent, greets it, and ends it. */
export async function probeAgent(plan: AgentPlan): Promise<EngineProbe> {
  try {
    const version = await versionOf(plan)
    return { available: true, ...(version === undefined ? {} : { version }) }
  } catch (thrown) {
    // What is behind it, such as a code of the system, helps nobody who only has to install or set something.
    const { message } = EngineError.is(thrown) ? thrown : toPlainError(thrown)
    return { available: false, message }
  }
}

async function versionOf(plan: AgentPlan): Promise<string | undefined> {
  const launch = { ...plan.launch, cwd: process.cwd() }
  const agent = await startAgent(launch, await loadAcpSdk(plan.sdk), () => {})
  try {
    const { agentInfo } = await greet(agent, plan.greeting)
    return textOf(fieldsOf(agentInfo).version)
  } finally {
    await agent.end()
  }
}
