/**
 * My job: an agent step: prompt, engine, transcript, structured output with bounded repair.
 * My neighbour, the engine, only speaks to its model; I trust nothing that it says (law 5).
 */

import type { StepContext } from '../../engine/context.ts'
import type { StepEngine } from '../../engine/engine.ts'
import { didYouMean } from '../../errors/closest.ts'
import { toPlainError } from '../../errors/plain-error.ts'
import type { AgentStep } from '../../flow/definition.ts'
import type { JsonValue } from '../../flow/json.ts'
import { parseTemplate } from '../../flow/reference.ts'
import {
  type ComposedPrompt,
  composeContinuation,
  composePrompt,
  type RepairInput,
} from '../../prompt/compose.ts'
import { toHandoff } from '../../prompt/handoff.ts'
import { referenceUnresolved } from '../../prompt/lookup.ts'
import { resolveTemplate } from '../../prompt/references.ts'
import { checkStructured } from '../../prompt/structured.ts'
import { allowsUnpriced, budgetsOf } from '../../run/budget.ts'
import { definitionOf, type Execution } from '../../run/state.ts'
import { historyPolicyOf, toHistory } from '../history.ts'
import { toPlainJson, wellFormed } from '../plain-json.ts'
import type { Session } from '../session.ts'
import { failLaunch, type Launch, recordStart } from '../starts/record-start.ts'
import { createLookup } from '../starts/reference-lookup.ts'
import { beginCall, type CallEnd, callError } from './call.ts'
import { createExecutionContext } from './call-context.ts'
import { recordedAnswers } from './call-requests.ts'
import { engineOf } from './engine-choice.ts'
import type { EngineEnd } from './engine-result.ts'
import { drive } from './engine-run.ts'
import { loadSession } from './engine-session.ts'
import { listsToTell } from './permission.ts'
import { remainingBudget, spentUp } from './remaining-budget.ts'
import type { RunningCall } from './running-call.ts'

const DEFAULT_REPAIRS = 2

/** Resolves the prompt, records the start, then calls the engine. */
export function startAgent(launch: Launch): void {
  const { session, execution, loaded } = launch
  const definition = definitionOf(execution)
  if (definition.kind !== 'agent') return
  const resolved =
    definition.prompt === undefined
      ? undefined
      : resolveTemplate(parseTemplate(definition.prompt), createLookup(execution, loaded))
  if (resolved?.missing !== undefined) {
    failLaunch(launch, 'reference_unresolved', referenceUnresolved(resolved.missing).message)
    return
  }
  const { id, model } = engineOf(session, execution)
  if (isPriceRefused(session, execution, id)) {
    failLaunch(launch, 'price_unknown', priceUnknown(id))
    return
  }
  recordStart(launch, { engine: id, model, ...(resolved === undefined ? {} : { inputs: resolved.inputs }) })
  const work: AgentWork = { session, definition, task: resolved?.text, engineId: id, model, loaded }
  beginCall(launch, (call) => callAgent(work, call))
}

/** What an engine spends that tells no cost can be held against no budget of dollars (rule B3). */
function isPriceRefused({ host, state }: Session, execution: Execution, id: string | undefined): boolean {
  if (!state.isBudgeted || host.engines.get(id ?? '')?.tellsCost !== false) return false
  return !budgetsOf(state, execution).every(allowsUnpriced)
}

function priceUnknown(id: string | undefined): string {
  return `Engine "${id}" does not tell what its calls cost, and a budget of costUsd stands above the step. Say budget.unpriced: "allow", bound budget.tokens instead, or take an engine that tells.`
}

interface AgentWork extends Pick<Launch, 'session' | 'loaded'> {
  readonly definition: AgentStep
  readonly task: string | undefined
  readonly engineId: string | undefined
  readonly model: string | undefined
}

async function callAgent(work: AgentWork, call: RunningCall): Promise<CallEnd> {
  const engine = work.engineId === undefined ? undefined : work.session.host.engines.get(work.engineId)
  if (engine === undefined) return noEngine(work)
  return await callWithRepair(work, call, engine)
}

function noEngine({ session, engineId, definition }: AgentWork): CallEnd {
  const known = [...session.host.engines.keys()]
  const message =
    engineId === undefined
      ? `Step "${definition.id}" needs an engine, but none is configured. Give createOrchestrator engines, such as engine-stub.`
      : `Step "${definition.id}" needs engine "${engineId}", which is not configured.${didYouMean(engineId, known)}`
  return callError('engine_unavailable', message)
}

/** Calls the engine, and again with what was wrong, until the answer matches the schema. */
async function callWithRepair(work: AgentWork, call: RunningCall, engine: StepEngine): Promise<CallEnd> {
  const { definition } = work
  const repairs = definition.output === undefined ? 0 : (definition.maxRepairs ?? DEFAULT_REPAIRS)
  let repair: RepairInput | undefined
  for (let pass = 0; ; pass += 1) {
    const composed = compose(work, call, repair)
    const { session } = work
    const known = call.execution.session
    const continued =
      known?.sessionRef === undefined ? known?.session : await loadSession(session, call, known)
    const context = toContext(work, call, { composed, continued })
    const end = await drive({ session, call, engine, context, composed })
    if ('error' in end) return end
    const judged = judge(work, end.result)
    if ('problems' in judged) {
      if (pass >= repairs || call.abortion !== undefined) return badOutput(definition, judged.problems)
      const spent = spentUp(call)
      if (spent !== undefined) return callError('budget_exceeded', spent)
      repair = { problems: judged.problems, previousAnswer: end.result.output }
      continue
    }
    return judged.end
  }
}

type Answer = Extract<EngineEnd, { readonly result: unknown }>['result']

/** What is read out of a text can show a secret that its escapes have hidden: it is looked at again. */
function judge(
  { definition, session }: AgentWork,
  result: Answer,
): { readonly end: CallEnd } | { readonly problems: readonly string[] } {
  const data = dataOf(definition, result)
  if ('problems' in data) return data
  const { secrets } = session.host
  const value = secrets.copy(data.value)
  const handoff = secrets.copy(toHandoff({ ...result, ...(value === undefined ? {} : { data: value }) }))
  try {
    const plain = value === undefined ? {} : { data: toPlainJson(value) }
    return { end: { raw: { text: wellFormed(result.output), ...plain }, handoff, model: result.model } }
  } catch (thrown) {
    return { end: { error: toPlainError(thrown) } }
  }
}

function dataOf(
  definition: AgentStep,
  result: Answer,
): { readonly value: JsonValue | undefined } | { readonly problems: readonly string[] } {
  if (definition.output === undefined) return { value: result.data }
  const check = checkStructured(definition.output, result)
  return check.ok ? { value: check.data } : { problems: check.problems }
}

function badOutput(definition: AgentStep, problems: readonly string[]): CallEnd {
  const message = `Step "${definition.id}": the answer does not match its schema after every repair: ${problems.join('; ')}`
  return callError('bad_output', message)
}

function compose(
  { definition, task, loaded }: AgentWork,
  call: RunningCall,
  repair: RepairInput | undefined,
): ComposedPrompt {
  const { execution } = call
  const { frame, step, item } = execution
  const policy = historyPolicyOf(execution)
  return composePrompt({
    step: definition,
    flow: frame.graph.definition,
    index: step.place.index + 1,
    total: frame.steps.length,
    iteration: execution.iteration,
    history: toHistory(execution, loaded),
    ...(item === undefined ? {} : { item: { key: item.key, value: item.value } }),
    ...(task === undefined ? {} : { task }),
    ...(policy === undefined ? {} : { policy }),
    ...(repair === undefined ? {} : { repair }),
  })
}

/** What a pass begins with. */
interface Beginning {
  readonly composed: ComposedPrompt
  /** The engine's session that it continues. */
  readonly continued: JsonValue | undefined
}

function toContext(
  { session, definition, model }: AgentWork,
  call: RunningCall,
  { composed, continued }: Beginning,
): StepContext {
  const { execution, scope } = call
  return {
    ...createExecutionContext(session, call),
    prompt: composed.prompt,
    promptParts: composed.parts,
    ...(scope.agentKey === undefined ? {} : { agentKey: scope.agentKey }),
    ...(model === undefined ? {} : { model }),
    ...(definition.output === undefined ? {} : { outputSchema: definition.output }),
    ...(session.host.workspace === undefined ? {} : { workspace: session.host.workspace }),
    ...(continued === undefined
      ? {}
      : { session: continued, continuation: composeContinuation(composed.parts) }),
    answers: recordedAnswers(execution),
    permissions: listsToTell(session.host.permissions),
    ...remainingBudget(call),
  }
}
