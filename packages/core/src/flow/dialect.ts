/**
 * The two YAML dialects of the sources in Baton's own words (A1.1 and A2.1). The registry names a flow by
 * `key` and steps by `agents`; the spec names them by `id` and `station`. They may be mixed: what a field
 * means does not depend on its neighbours. What is in neither stays for the readers to take or to refuse.
 */

import { type Holder, isHolder } from '../input/value.ts'
import { readContextPack } from './dialect-context.ts'
import { connectForks } from './dialect-forks.ts'
import { toRouting } from './dialect-routing.ts'
import { Draft } from './draft.ts'
import type { Origins } from './origin.ts'
import { idsOf, textOf } from './reader.ts'
import type { YamlSink } from './yaml-source.ts'

const flowNotes = {
  version: 'version',
  index: 'index',
  short_title: 'short_title',
  is_sdlc: 'is_sdlc',
  cross_cutting: 'cross_cutting',
  cross_cutting_stations: 'cross_cutting_stations',
  parallel: 'parallel',
}
const stepNotes = { index: 'index', parallel_branch: 'parallel_branch', join_point: 'join_point' }
const stepTeaching = { teaching_note: 'note', teaching_highlight: 'highlight' }

/** A flow in Baton's own snake_case. */
export function toNative(value: unknown, sink: YamlSink): unknown {
  if (!isHolder(value)) return value
  const { key = toFlowKey(value.id), steps, parallel } = value
  sink.issues.identify(textOf(key), idsOf(steps))
  if (parallel !== undefined) warnOfParallel(value, sink)
  const draft = new Draft(value, sink.origins)
  draft.move('id', 'key', toFlowKey)
  draft.gather(flowNotes, 'notes')
  readContextPack(draft, sink)
  moveTransition('on_complete', draft, sink)
  moveTransition('on_failure', draft, sink)
  if (Array.isArray(steps)) draft.move('steps', 'steps', () => toSteps(steps, sink))
  return draft.toObject()
}

/** The spec dialect numbers its flows: `3-build` names the flow `build`. */
function toFlowKey(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/^\d+-/, '') : value
}

/** What the gate of the registry says of its branches; edges say it here. */
function warnOfParallel(flow: Holder, { issues, origins }: YamlSink): void {
  const text =
    'has "parallel", which is kept as a note: branches run at once in one workspace, and a join waits for all of them.'
  const origin = origins.find(flow, 'parallel')
  issues.report({ code: 'no_effect', path: 'parallel', text, severity: 'warning', origin })
}

/** A transition to nowhere is none. */
function moveTransition(key: string, draft: Draft, { origins }: YamlSink): void {
  const value = draft.get(key)
  if (value === null || (isHolder(value) && value.next_flow === null)) draft.take(key)
  if (!isHolder(value)) return
  const transition = new Draft(value, origins)
  transition.move('next_flow', 'next_flow', toFlowKey)
  draft.move(key, key, () => transition.toObject())
}

function toSteps(steps: readonly unknown[], sink: YamlSink): readonly unknown[] {
  const native = steps.map((step, index) => (isHolder(step) ? toStep(step, sink, `steps[${index}]`) : step))
  return sink.origins.inherit(connectForks(native, sink), steps)
}

function toStep(step: Holder, sink: YamlSink, path: string): Holder {
  const draft = new Draft(step, sink.origins)
  draft.gather(stepNotes, 'notes')
  draft.gather(stepTeaching, 'teaching')
  draft.move('flow', 'flow', toFlowKey)
  const { verify, routing, step: item } = step
  if (isHolder(verify)) draft.move('verify', 'verify', () => toVerification(verify, sink))
  if (isHolder(routing)) draft.move('routing', 'routing', () => toRouting(routing, sink, `${path}.routing`))
  if (isHolder(item)) draft.move('step', 'step', () => toStep(item, sink, `${path}.step`))
  return draft.toObject()
}

/** The verify block of a station (A2.2). */
function toVerification(verify: Holder, { origins }: YamlSink): Holder {
  const draft = new Draft(verify, origins)
  draft.move('required_artifacts', 'artifacts')
  draft.move('verification_commands', 'commands')
  draft.move('required_commands', 'commands')
  const commands = draft.get('commands')
  if (!Array.isArray(commands)) return draft.toObject()
  const changed = commands.map((command: unknown) =>
    isHolder(command) ? toCommand(command, origins) : command,
  )
  draft.move('commands', 'commands', () => origins.inherit(changed, commands))
  return draft.toObject()
}

function toCommand(command: Holder, origins: Origins): Holder {
  const draft = new Draft(command, origins)
  draft.move('timeout_seconds', 'timeout_ms', (value) => (typeof value === 'number' ? value * 1_000 : value))
  return draft.toObject()
}
