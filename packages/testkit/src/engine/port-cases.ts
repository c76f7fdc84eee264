import { expectEqual, expectThat, within } from '../suite/expect.ts'
import { begin, type EngineCase } from './engine-kit.ts'

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** What an engine is before it is called. */
export const portCases = {
  'port-shape': {
    title: 'states the version of the port, a kebab-case id and texts for the receipt',
    async run({ engine }) {
      expectEqual(engine.specVersion, 1, 'specVersion')
      expectThat(KEBAB.test(engine.id), `the id "${engine.id}" is not in kebab-case`)
      for (const member of ['version', 'mode', 'provider'] as const) {
        const text = engine[member]
        expectThat(text === undefined || (typeof text === 'string' && text !== ''), `"${member}" is no text`)
      }
    },
  },
  'probe-tells': {
    title: 'tells whether it can run here, and what to do when it cannot',
    async run({ engine, timeoutMs }) {
      if (engine.probe === undefined) return
      const probe = await within(timeoutMs, engine.probe(), 'probe()')
      expectThat(
        typeof probe?.available === 'boolean',
        'probe() does not resolve to { available: true } or { available: false, message }',
      )
      expectThat(
        probe.available || Boolean(probe.message),
        'an unavailable engine says in "message" what to install or set',
      )
    },
  },
  'dispose-twice': {
    title: 'can be disposed of twice',
    async run({ engine, timeoutMs }) {
      await within(timeoutMs, Promise.resolve(engine.dispose?.()), 'The first dispose()')
      await within(timeoutMs, Promise.resolve(engine.dispose?.()), 'The second dispose()')
    },
  },
  'starts-lazily': {
    title: 'gives a generator at once and does nothing before the first next()',
    async run(kit) {
      const { graceMs } = kit
      const given = kit.context()
      const call = begin(kit, given)
      expectThat(
        typeof call[Symbol.asyncIterator] === 'function',
        'runStep gives nothing that can be iterated',
      )
      const { approvals, questions, events, artifacts } = given.recorded
      const uses =
        approvals.length + questions.length + events.length + artifacts.size + given.facts.entries.length
      expectEqual(uses, 0, 'uses of the context before the first next()')
      await within(
        graceMs,
        call.return({ status: 'failed', output: '' }),
        'return() of a call that never began',
      )
      const after = await within(graceMs, call.next(), 'next() after return()')
      expectThat(after.done === true, 'the call goes on after return()')
    },
  },
} as const satisfies Record<string, EngineCase>
