import {
  digestText,
  type Handoff,
  type JsonValue,
  type StepContext,
  type StepResult,
  type Usage,
} from '@batonjs/core'
import { exampleValue } from './example-value.ts'
import type { StubCall, StubReply } from './script.ts'

const TOPIC_LIMIT = 80
const CHARACTERS_PER_TOKEN = 4

/** The text of a call: the reply's, else one that says that nobody thought about it. */
export function textOf(reply: StubReply, call: StubCall): string {
  if (typeof reply.text === 'function') return reply.text(call)
  return reply.text ?? syntheticText(call.context)
}

/** How a call ends that ends well. The same call gives the same bytes. */
export function resultOf(reply: StubReply, call: StubCall, text: string): StepResult {
  const data = 'data' in reply ? reply.data : exampleOf(call.context)
  const usage = 'usage' in reply ? reply.usage : estimateUsage(call.context.prompt, text)
  const costUsd = 'costUsd' in reply ? reply.costUsd : 0
  return {
    status: 'succeeded',
    output: text,
    handoff: handoffOf(reply, text),
    // Not JSON when the script wants to see what core does with it.
    ...(data === undefined ? {} : { data: data as JsonValue }),
    ...(usage === undefined ? {} : { usage }),
    ...(costUsd === undefined ? {} : { costUsd }),
    ...(reply.model === undefined ? {} : { model: reply.model }),
  }
}

/** `[stub] review[src] (critic): Find the bugs · prompt 1f2e3d4c5b6a` */
function syntheticText(context: StepContext): string {
  const item = context.item === undefined ? '' : `[${context.item}]`
  const agent = context.agentKey === undefined ? '' : ` (${context.agentKey})`
  const topic = firstLine(context.promptParts.task) || firstLine(context.promptParts.system) || 'no task'
  const digest = digestText(context.prompt).slice(0, 12)
  return `[stub] ${context.stepId}${item}${agent}: ${topic} · prompt ${digest}`
}

/** The first line that says something: no heading, and none of the tags that mark a prompt's sections. */
function firstLine(text: string): string {
  const line = /^[ \t]*(?!#|<\/?baton:)\S.*$/m.exec(text)?.[0].trim() ?? ''
  return line.length <= TOPIC_LIMIT ? line : `${line.slice(0, TOPIC_LIMIT).trimEnd()}…`
}

function exampleOf(context: StepContext): JsonValue | undefined {
  return context.outputSchema === undefined ? undefined : exampleValue(context.outputSchema)
}

function handoffOf(reply: StubReply, text: string): Handoff {
  const handoff = { verdict: 'VERIFIED', summary: text.slice(0, 500), ...reply.handoff }
  return reply.verdict === undefined ? handoff : { ...handoff, verdict: reply.verdict }
}

function estimateUsage(prompt: string, text: string): Usage {
  const inputTokens = Math.ceil(prompt.length / CHARACTERS_PER_TOKEN)
  const outputTokens = Math.ceil(text.length / CHARACTERS_PER_TOKEN)
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens }
}
