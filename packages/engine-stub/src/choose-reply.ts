import { EngineError } from '@batonjs/core'
import type { StubCall, StubReplies, StubReply, StubScript, StubTable } from './script.ts'

const ID = '[a-z][a-z0-9_-]*'
const KEY = new RegExp(`^(${ID}(#\\d+)?/)?${ID}(\\[.*\\])?(#\\d+(\\.\\d+)?)?$`, 's')

/** Turns a script into a function of the call. Throws `script_invalid` for a key that is no address. */
export function toReplyChooser(script: StubScript): (call: StubCall) => StubReply {
  const choose = typeof script === 'function' ? script : fromTable(script)
  return (call) => narrow(choose(call) ?? {}, call)
}

function fromTable(table: StubTable): (call: StubCall) => StubReply | undefined {
  const replies = new Map(Object.entries(table.steps))
  for (const key of replies.keys()) {
    if (KEY.test(key)) continue
    const message = `Stub script: "${key}" is no address. Write it like "review", "review[src]" or "build/review#2.1"`
    throw new EngineError(message, { code: 'script_invalid' })
  }
  return (call) => {
    const key = replies.size === 0 ? undefined : addressesOf(call).find((address) => replies.has(address))
    return byTurn(key === undefined ? table.otherwise : replies.get(key), call.iteration)
  }
}

/** The keys under which a table may hold the reply of a call, the narrowest first. */
function addressesOf(call: StubCall): string[] {
  const { flowKey, visit } = call.context
  const frames = [`${flowKey}#${visit}/`, `${flowKey}/`, '']
  const items = call.item === undefined ? [''] : [`[${call.item}]`, '']
  const executions = [`#${call.iteration}.${call.attempt}`, `#${call.iteration}`, '']
  return frames.flatMap((frame) =>
    items.flatMap((item) => executions.map((execution) => frame + call.stepId + item + execution)),
  )
}

function narrow(reply: StubReply, call: StubCall): StubReply {
  const attempt = byTurn(reply.attempts, call.attempt) ?? reply
  return call.repair === 0 ? attempt : (byTurn(attempt.repairs, call.repair) ?? attempt)
}

/** The entry of a 1-based turn, where the last one repeats. */
function byTurn(replies: StubReplies | undefined, turn: number): StubReply | undefined {
  if (!isList(replies)) return replies
  return replies[Math.min(turn, replies.length) - 1]
}

function isList(replies: StubReplies | undefined): replies is readonly StubReply[] {
  return Array.isArray(replies)
}
