import type { RunInput } from '@batonjs/core'
import { collect } from '../collect.ts'
import { expectEqual, expectThat, within } from '../suite/expect.ts'
import { misplaced } from './sample-journal.ts'
import {
  answerInput,
  beginRun,
  expectCode,
  expectRefused,
  idsOf,
  leaveRun,
  type StorageCase,
  takeInputs,
} from './storage-kit.ts'

/** How answers and control requests reach the owner (rules J2 and H2). */
export const inputCases = {
  'input-arrives': {
    title: 'H2: hands inputs from any handle to the owner, whole and oldest first',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const inputs: RunInput[] = [answerInput('i-1'), CONTROL, answerInput('i-3')]
      for (const [index, input] of inputs.entries()) {
        await (index % 2 === 0 ? kit.storage : kit.other).submit(journal.runId, input)
      }
      expectEqual(await takeInputs(kit, writer, 3), inputs, 'the inputs')
    },
  },
  'input-live': {
    title: 'H2: wakes an owner that waits for an input',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const waiting = takeInputs(kit, writer, 2)
      await kit.other.submit(journal.runId, answerInput('i-1'))
      await kit.other.submit(journal.runId, answerInput('i-2'))
      expectEqual(idsOf(await waiting), ['i-1', 'i-2'], 'the inputs')
    },
  },
  'input-waits': {
    title: 'H2: keeps inputs while nobody owns the run, and shows them as the backlog of the next owner',
    async run(kit) {
      const journal = await leaveRun(kit)
      await kit.other.submit(journal.runId, answerInput('i-1'))
      await kit.storage.submit(journal.runId, answerInput('i-2'))
      const writer = await kit.storage.openRun(journal.runId)
      expectEqual(idsOf(await writer.backlog()), ['i-1', 'i-2'], 'the backlog')
      expectEqual(idsOf(await takeInputs(kit, writer, 2)), ['i-1', 'i-2'], 'the inputs')
    },
  },
  'input-until-acknowledged': {
    title: 'J2: delivers an input again to the next owner until it is acknowledged, then never more',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      for (const id of ['i-1', 'i-2', 'i-3']) await kit.storage.submit(journal.runId, answerInput(id))
      await takeInputs(kit, writer, 3)
      await writer.append(journal.answered('i-2'), { acks: ['i-2'] })
      expectEqual(idsOf(await writer.backlog()), ['i-1', 'i-3'], 'the backlog after an acknowledgement')
      await writer.close()
      const next = await kit.other.openRun(journal.runId)
      expectEqual(idsOf(await next.backlog()), ['i-1', 'i-3'], 'the backlog of the next owner')
      expectEqual(idsOf(await takeInputs(kit, next, 2)), ['i-1', 'i-3'], 'the inputs of the next owner')
    },
  },
  'input-once': {
    title: 'J2: drops a second delivery of an input, while it waits and after it was acknowledged',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const { runId } = journal
      for (const handle of [kit.storage, kit.other, kit.storage])
        await handle.submit(runId, answerInput('i-1'))
      await kit.storage.submit(runId, answerInput('i-2'))
      expectEqual(idsOf(await takeInputs(kit, writer, 2)), ['i-1', 'i-2'], 'inputs after a triple delivery')
      await writer.append(journal.answered('i-1'), { acks: ['i-1'] })
      await kit.other.submit(runId, answerInput('i-1'))
      await kit.other.submit(runId, answerInput('i-3'))
      expectEqual(idsOf(await takeInputs(kit, writer, 2)), ['i-2', 'i-3'], 'inputs after a late delivery')
      await writer.close()
      await kit.storage.submit(runId, answerInput('i-1'))
      const next = await kit.other.openRun(runId)
      expectEqual(idsOf(await next.backlog()), ['i-2', 'i-3'], 'the backlog after a delivery to nobody')
    },
  },
  'input-acknowledged-early': {
    title: 'J2: drops an input that was answered before it arrived',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      await writer.append(journal.answered('i-1'), { acks: ['i-1'] })
      await kit.storage.submit(journal.runId, answerInput('i-1'))
      await kit.storage.submit(journal.runId, answerInput('i-2'))
      expectEqual(idsOf(await takeInputs(kit, writer, 1)), ['i-2'], 'the inputs')
    },
  },
  'input-acknowledged-with-events': {
    title: 'J2: does not acknowledge an input when the append that answers it fails',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      await kit.storage.submit(journal.runId, answerInput('i-1'))
      const [answer] = journal.answered('i-1')
      if (answer === undefined) return
      await expectRefused(writer.append(misplaced(answer, 9), { acks: ['i-1'] }), 'Appending out of order')
      await writer.close()
      const next = await kit.other.openRun(journal.runId)
      expectEqual(idsOf(await next.backlog()), ['i-1'], 'the backlog after a failed append')
    },
  },
  'input-many-at-once': {
    title: 'loses none of many inputs that come at once',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const ids = Array.from({ length: 40 }, (_, index) => `i-${index + 10}`)
      const submits = ids.map((id, index) =>
        (index % 2 ? kit.other : kit.storage).submit(journal.runId, answerInput(id)),
      )
      const taken = takeInputs(kit, writer, ids.length)
      await Promise.all(submits)
      expectEqual(idsOf(await taken).toSorted(), ids, 'the inputs')
    },
  },
  'input-signal': {
    title: 'ends its inputs when the signal aborts',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const controller = new AbortController()
      const reading = collect(writer.inputs(controller.signal))
      await kit.storage.submit(journal.runId, answerInput('i-1'))
      await takeInputs(kit, writer, 1)
      controller.abort()
      const read = await within(kit.timeoutMs, reading, 'The inputs of an aborted signal')
      expectThat(read.length <= 1, 'there are more inputs than were submitted')
      const none = collect(writer.inputs(AbortSignal.abort()))
      await within(kit.timeoutMs, none, 'The inputs of a signal that is aborted already')
    },
  },
  'input-own-run': {
    title: 'hands inputs to their own run only, and keeps them out of the journal',
    async run(kit) {
      const one = await beginRun(kit, 'run-one')
      const two = await beginRun(kit, 'run-two')
      await kit.storage.submit('run-two', answerInput('i-2'))
      await kit.storage.submit('run-one', answerInput('i-1'))
      expectEqual(idsOf(await takeInputs(kit, one.writer, 1)), ['i-1'], 'the inputs of one run')
      expectEqual(idsOf(await takeInputs(kit, two.writer, 1)), ['i-2'], 'the inputs of the other run')
      expectEqual(await collect(kit.storage.readEvents('run-one')), one.journal.events, 'the journal')
    },
  },
  'input-odd-ids': {
    title: 'J5: takes or refuses an input whose id is no file name, and is not led astray by it',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const odd = ['../../escaped', 'a/b', 'con', '', 'x'.repeat(300), 'nul\0', '__proto__', 'events.jsonl']
      const taken = await Promise.allSettled(
        odd.map((id) => kit.storage.submit(journal.runId, answerInput(id))),
      )
      const accepted = odd.filter((_, index) => taken[index]?.status === 'fulfilled')
      await kit.storage.submit(journal.runId, answerInput('i-1'))
      const ids = idsOf(await takeInputs(kit, writer, accepted.length + 1))
      expectEqual(ids.toSorted(), [...accepted, 'i-1'].toSorted(), 'the inputs')
      expectEqual(await collect(kit.storage.readEvents(journal.runId)), journal.events, 'the journal')
    },
  },
  'input-unknown-run': {
    title: 'says that there is no such run, and makes none',
    async run(kit) {
      const submitting = kit.storage.submit('run-unknown', answerInput('i-1'))
      await expectCode(submitting, ['run_not_found'], 'Submitting to an unknown run')
      expectEqual((await kit.storage.listRuns()).runs, [], 'the runs after a submission to none')
    },
  },
} as const satisfies Record<string, StorageCase>

const CONTROL: RunInput = {
  kind: 'control',
  inputId: 'i-2',
  submittedAt: 1_767_323_045_001,
  control: 'stop',
  reason: 'lunch',
  by: 'ada',
}
