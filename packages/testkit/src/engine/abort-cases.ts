import { expectThat, within } from '../suite/expect.ts'
import { begin, beginSlowly, drain, type EngineCase, succeed } from './engine-kit.ts'

/** How a call is cut off. */
export const abortCases = {
  'aborted-before': {
    title: 'ends soon when it is aborted before it begins',
    async run(kit) {
      const signal = AbortSignal.abort(new Error('aborted by the kit'))
      const call = begin(kit, kit.context({ ...kit.scenarios.slow, signal }))
      await within(kit.graceMs, drain(call), 'The aborted call')
    },
  },
  'aborted-midway': {
    title: 'ends within the grace when it is aborted while it works, and does not claim success',
    needs: 'slow',
    async run(kit) {
      const controller = new AbortController()
      const call = await beginSlowly(kit, { signal: controller.signal })
      const end = drain(call)
      controller.abort(new Error('aborted by the kit'))
      const { ending } = await within(kit.graceMs, end, 'The aborted call')
      const claimsSuccess = 'result' in ending && ending.result?.status === 'succeeded'
      expectThat(!claimsSuccess, 'the aborted call claims to have succeeded')
    },
  },
  'abort-is-its-own': {
    title: 'goes on with other calls when one is aborted',
    needs: 'slow',
    async run(kit) {
      const controller = new AbortController()
      const aborted = await beginSlowly(kit, { signal: controller.signal })
      const other = succeed(kit, kit.context())
      controller.abort(new Error('aborted by the kit'))
      await other
      await within(kit.graceMs, drain(aborted), 'The aborted call')
    },
  },
  'left-midway': {
    title: 'ends within the grace when its reader leaves',
    needs: 'slow',
    async run(kit) {
      const call = await beginSlowly(kit)
      await within(kit.graceMs, call.return({ status: 'failed', output: '' }), 'return()')
      const after = await within(kit.graceMs, call.next(), 'next() after return()')
      expectThat(after.done === true, 'the call goes on after return()')
    },
  },
} as const satisfies Record<string, EngineCase>
