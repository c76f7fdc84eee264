/** My job: one conversation from its first word to its end, as the events of a call. */
import type { EngineEvent, StepContext, StepResult } from '@batonjs/core'
import type { Conversation, Incoming, ToolPermission } from './conversation.ts'
import { createInbox, type Inbox } from './inbox.ts'
import { applyDecision, type Decided, decide } from './permission.ts'
import { endOf, readMessage, type Transcript } from './transcript.ts'

/** How long Claude may be silent after its answer and not end by itself. */
const SETTLE_MS = 3_000

/** What comes from Claude, from those who were asked, and from the clock. */
type Item =
  | Incoming
  | { readonly kind: 'decided'; readonly decided: Decided }
  | { readonly kind: 'unasked'; readonly thrown: unknown }
  | { readonly kind: 'settled' }

/** Yields what happens and returns how it ended. Throws the reason of an abort. The conversation is left to be ended. */
export async function* converse(
  conversation: Conversation,
  transcript: Transcript,
  context: StepContext,
): AsyncGenerator<EngineEvent, StepResult, void> {
  const inbox = createInbox<Item>(conversation.incoming, context.signal)
  let settling: NodeJS.Timeout | undefined
  try {
    for await (const item of inbox) {
      if (item.kind === 'settled') break
      if (item.kind === 'permission') ask(asAnnounced(item.request, transcript), context, inbox)
      else yield* take(item, transcript)
      if (transcript.verdict !== undefined) break
      if (transcript.result === undefined) continue
      conversation.finish()
      clearTimeout(settling)
      settling = setTimeout(() => inbox.push({ kind: 'settled' }), SETTLE_MS)
    }
  } finally {
    clearTimeout(settling)
  }
  return endOf(transcript) ?? { status: 'failed', output: '', error: await conversation.departure() }
}

/** The record, the policy and the events have one name of a tool. */
function asAnnounced(request: ToolPermission, { tools }: Transcript): ToolPermission {
  return { ...request, tool: tools.nameOf(request) }
}

/** Others are asked beside it: several tools may wait at once, and Claude may go on meanwhile. */
function ask(request: ToolPermission, context: StepContext, inbox: Inbox<Item>): void {
  decide(request, context).then(
    (decided) => inbox.push({ kind: 'decided', decided }),
    (thrown: unknown) => inbox.push({ kind: 'unasked', thrown }),
  )
}

function* take(
  item: Exclude<Item, { readonly kind: 'permission' | 'settled' }>,
  transcript: Transcript,
): Generator<EngineEvent, void, void> {
  switch (item.kind) {
    case 'message':
      yield* readMessage(transcript, item.message)
      break
    case 'decided':
      yield* applyDecision(transcript.tools, item.decided)
      break
    case 'unasked':
      throw item.thrown
  }
}
