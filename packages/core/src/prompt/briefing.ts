/** What a step is told about itself: who does it, in which flow, with which notes. */
import type { AgentStep, FlowDefinition, TeachingNotes } from '../flow/definition.ts'
import type { JsonValue } from '../flow/json.ts'
import { asText } from './as-text.ts'
import { guard, section } from './tags.ts'

/** The flow, as far as a prompt tells of it. */
export type FlowBriefing = Pick<FlowDefinition, 'key' | 'title' | 'description' | 'charter'>

/** Which execution of which step a prompt is for. */
export interface StepPlace {
  readonly step: AgentStep
  readonly flow: FlowBriefing
  /** 1-based place of the step in its flow. */
  readonly index: number
  readonly total: number
  /** 1, then one more with each re-arm by a loop. */
  readonly iteration: number
  /** The map item that this execution is for. */
  readonly item?: { readonly key: string; readonly value: JsonValue }
}

/** The system part of a prompt. */
export function composeBriefing(place: StepPlace): string {
  const { step, flow, index, total, iteration, item } = place
  const paragraphs = [
    [
      `You do step ${index} of ${total}, "${step.title ?? step.id}", of the flow "${flow.title ?? flow.key}".`,
      'Tags that begin with "baton:" mark the sections of this prompt.',
    ],
    [
      iteration > 1
        ? `This is pass ${iteration} of the step: the history tells what became of the passes before.`
        : '',
    ],
    [labelled('About the flow', flow.description), charterLine(flow)],
    [
      labelled('Agents', step.agents?.join(', ')),
      labelled('Station', step.station),
      labelled('Role', step.role),
      labelled('Objective', step.objective),
      labelled('Scope', step.scope),
    ],
    [listed('Read', step.inputs), listed('Write', step.outputs)],
    notes(step.teachingNotes),
    [item === undefined ? '' : labelled('Item', item.key)],
  ]
  return section('briefing', guard(join(paragraphs)), { flow: flow.key, step: step.id })
}

/** The task of a step that has no prompt of its own. */
export function defaultTask({ step, item }: StepPlace): string {
  const work = step.objective ?? step.role
  const task = work === undefined ? `Do the step "${step.title ?? step.id}".` : `Do this: ${work}`
  if (item === undefined) return task
  return `${task}\n\nDo it for this item: ${asText(item.value)}`
}

function notes(teaching: TeachingNotes | undefined): readonly string[] {
  return [
    listed('Inputs', teaching?.inputs),
    listed('Outputs', teaching?.outputs),
    listed('Emphasizes', teaching?.emphasizes),
    listed('Constraints', teaching?.constraints),
  ]
}

function charterLine({ charter }: FlowBriefing): string {
  return charter === undefined ? '' : `Charter: ${JSON.stringify(charter)}`
}

function labelled(label: string, text: string | undefined): string {
  return text === undefined || text === '' ? '' : `${label}: ${text}`
}

function listed(label: string, entries: readonly string[] | undefined): string {
  if (entries === undefined || entries.length === 0) return ''
  return [`${label}:`, ...entries.map((entry) => `- ${entry}`)].join('\n')
}

/** Paragraphs of lines; empty lines and paragraphs are left out. */
function join(paragraphs: readonly (readonly string[])[]): string {
  return paragraphs
    .map((lines) => lines.filter((line) => line !== '').join('\n'))
    .filter((paragraph) => paragraph !== '')
    .join('\n\n')
}
