import type { JsonValue } from '@batonjs/core'
import { expectEqual, expectThat } from '../suite/expect.ts'
import { callEngine, type EngineCase, type EngineKit, succeed } from './engine-kit.ts'

/** What becomes of an action that a human decides on. */
export const peopleCases = {
  'approved-action': {
    title: 'asks before it acts, and names the approval when it does',
    needs: 'proposing',
    async run(kit) {
      await succeed(kit, kit.context(kit.scenarios.proposing))
      const { acts } = await propose(kit, () => true)
      expectThat(acts.has('approval-1'), 'no tool_start carries the requestId of the approval')
    },
  },
  'approved-is-done': {
    title: 'does what was approved: the tool is given the input that was shown',
    needs: 'proposing',
    async run(kit) {
      const { approvals, acts } = await propose(kit, () => true)
      expectThat(acts.size > 0, 'no tool_start carries the requestId of the approval')
      for (const [requestId, input] of acts) {
        const shown = approvals[Number(requestId.replace('approval-', '')) - 1]
        expectEqual(input, shown?.input, `the input of the tool that acts on ${requestId}`)
      }
    },
  },
  'rejected-action': {
    title: 'does not act on a rejected action, and ends',
    needs: 'proposing',
    async run(kit) {
      const { acts } = await propose(kit, () => false)
      expectThat(acts.size === 0, 'a tool_start acts on a rejected action')
    },
  },
  'people-fail': {
    title: 'ends when an approval cannot be had, and does not act',
    needs: 'proposing',
    async run(kit) {
      const { acts } = await propose(kit, () => Promise.reject(new Error('nobody is there')))
      expectThat(acts.size === 0, 'a tool_start acts without an approval')
    },
  },
} as const satisfies Record<string, EngineCase>

/** What a proposing call shows, and the input of each tool that acts on it, by the request that it names. */
async function propose(kit: EngineKit, decide: () => boolean | Promise<boolean>) {
  const context = kit.context({ ...kit.scenarios.proposing, decide })
  const { events } = await callEngine(kit, context)
  const { approvals } = context.recorded
  expectThat(approvals.length > 0, 'the scenario "proposing" proposes nothing')
  const acts = new Map<string, JsonValue | undefined>()
  for (const event of events) {
    if (event.type === 'tool_start' && event.requestId !== undefined) acts.set(event.requestId, event.input)
  }
  return { approvals, acts }
}
