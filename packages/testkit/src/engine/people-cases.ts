import { expectThat } from '../suite/expect.ts'
import { callEngine, type EngineCase, type EngineKit } from './engine-kit.ts'

/** What becomes of an action that a human decides on. */
export const peopleCases = {
  'approved-action': {
    title: 'asks before it acts, and names the approval when it does',
    needs: 'proposing',
    async run(kit) {
      const { approvals, requestIds } = await propose(kit, () => true)
      expectThat(approvals > 0, 'the scenario "proposing" proposes nothing')
      expectThat(requestIds.includes('approval-1'), 'no tool_start carries the requestId of the approval')
    },
  },
  'rejected-action': {
    title: 'does not act on a rejected action, and ends',
    needs: 'proposing',
    async run(kit) {
      const { requestIds } = await propose(kit, () => false)
      expectThat(requestIds.length === 0, 'a tool_start acts on a rejected action')
    },
  },
  'people-fail': {
    title: 'ends when an approval cannot be had, and does not act',
    needs: 'proposing',
    async run(kit) {
      const { requestIds } = await propose(kit, () => Promise.reject(new Error('nobody is there')))
      expectThat(requestIds.length === 0, 'a tool_start acts without an approval')
    },
  },
} as const satisfies Record<string, EngineCase>

async function propose(kit: EngineKit, decide: () => boolean | Promise<boolean>) {
  const context = kit.context({ ...kit.scenarios.proposing, decide })
  const { events } = await callEngine(kit, context)
  const starts = events.filter((event) => event.type === 'tool_start')
  const requestIds = starts.flatMap(({ requestId }) => (requestId === undefined ? [] : [requestId]))
  return { approvals: context.recorded.approvals.length, requestIds }
}
