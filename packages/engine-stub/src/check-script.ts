import { checkOptions, type MembersOf, type Shape } from '@batonjs/core'
import type { StubReply, StubScript } from './script.ts'

/** Also what no engine should give: a script may say so. */
const anything: Shape = () => undefined

const replyMembers: MembersOf<StubReply> = {
  'acts?': { listOf: anything },
  'text?': anything,
  'stream?': { members: { 'size?': 'count', 'everyMs?': 'milliseconds' } },
  'data?': anything,
  'verdict?': anything,
  'handoff?': anything,
  'usage?': anything,
  'costUsd?': anything,
  'model?': anything,
  'fail?': { open: true, members: { code: anything } },
  'ending?': { open: true, members: { kind: { oneOf: ['throw', 'hang', 'return'] } } },
  'stubborn?': 'flag',
  get 'attempts?'() {
    return { listOf: reply }
  },
  get 'repairs?'() {
    return { listOf: reply }
  },
}

const reply: Shape = { members: replyMembers }

/** Throws `options_invalid` for a table with what no reply has: it would be passed over, and the stub go on as if. */
export function checkScript(script: StubScript): void {
  if (typeof script === 'function') return
  const steps: Shape = { members: repliesBy(script?.steps), wanted: 'an object of replies by step' }
  checkOptions('createStubEngine', script, { steps, 'otherwise?': replies(script?.otherwise) }, 'script')
}

function repliesBy(steps: unknown): Readonly<Record<string, Shape>> {
  const entries = typeof steps === 'object' && steps !== null ? Object.entries(steps) : []
  return Object.fromEntries(entries.map(([key, value]) => [key, replies(value)]))
}

function replies(value: unknown): Shape {
  return Array.isArray(value) ? { listOf: reply } : reply
}
