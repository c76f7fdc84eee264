import type { StepEngine } from '@batonjs/core'
import { type AcpEngineOptions, checkAcpOptions } from './acp-options.ts'
import { planAgent } from './agent-plan.ts'
import { runCall } from './call.ts'
import { probeAgent } from './probe.ts'

/**
 * Makes an engine of any agent that speaks the Agent Client Protocol on its stdin and stdout. Each call is a process of
 * its own, which is gone with all that it started when the call is over; a session goes on in the next process where the
 * agent can. What the agent asks permission for goes through `approve`. Throws `options_invalid`.
 *
 * @example createAcpEngine({ preset: 'claude' })
 * @example createAcpEngine({ command: 'my-agent', args: ['--acp'] })
 */
export function createAcpEngine(options: AcpEngineOptions): StepEngine {
  checkAcpOptions(options)
  const plan = planAgent(options)
  const { preset, id = preset === undefined ? 'acp' : `${preset}-acp`, account } = options
  // The agent tells its version when it is greeted, before the receipt of the first call is written.
  const engine: StepEngine & { version?: string } = {
    specVersion: 1,
    id,
    mode: 'acp',
    secrets: plan.secrets,
    ...(plan.quirks.tellsCost === undefined ? {} : { tellsCost: plan.quirks.tellsCost }),
    ...(plan.provider === undefined ? {} : { provider: plan.provider }),
    ...(account === undefined ? {} : { account }),
    runStep: (context) => runCall(plan, context, (version) => Object.assign(engine, { version })),
    probe: () => probeAgent(plan),
  }
  return engine
}
