import type { RunInput, RunStorage } from '@batonjs/core'
import { type BrokenStorage, failure, flawed, flawedWriter } from './flawed-storage.fixture.ts'

/** Storages that lose, repeat or misplace what comes from outside. */
export const brokenInboxes: Readonly<Record<string, BrokenStorage>> = {
  'hands out the newest input first': flawedWriter('input-arrives', (writer) => ({
    async *inputs() {
      yield* (await writer.backlog()).toReversed()
    },
  })),
  'strips an input of its reason': flawed('input-arrives', (sound) => ({
    submit: (runId, { kind, inputId, by, submittedAt }) =>
      // The members that it forgets are those that make an input useful.
      sound.submit(runId, { kind, inputId, by, submittedAt } as RunInput),
  })),
  'looks for inputs only once': flawedWriter('input-live', (writer) => ({
    async *inputs() {
      yield* await writer.backlog()
    },
  })),
  'drops inputs that nobody waits for': flawed('input-waits', (sound) => ({
    async submit(runId, input) {
      const { runs } = await sound.listRuns({ runId })
      if (runs[0]?.owner !== undefined || runs.length === 0) await sound.submit(runId, input)
    },
  })),
  'has an empty backlog': flawedWriter('input-waits', () => ({ backlog: async () => [] })),
  'never acknowledges': flawedWriter('input-until-acknowledged', (writer) => ({
    append: (events, options) => writer.append(events, { sync: options?.sync ?? 'os' }),
  })),
  'takes a delivery for an acknowledgement': flawedWriter('input-until-acknowledged', (writer) => ({
    async *inputs(signal) {
      for await (const input of writer.inputs(signal)) {
        await writer.append([], { acks: [input.inputId] })
        yield input
      }
    },
  })),
  'delivers an input as often as it comes': flawed('input-once', renaming),
  'forgets what it acknowledged': forgetsAcknowledged(),
  'does not remember an answer to an input that is still to come': flawedWriter(
    'input-acknowledged-early',
    (writer) => ({
      async append(events, options) {
        const waiting = new Set((await writer.backlog()).map(({ inputId }) => inputId))
        await writer.append(events, { acks: options?.acks?.filter((id) => waiting.has(id)) ?? [] })
      },
    }),
  ),
  'acknowledges before it appends': flawedWriter('input-acknowledged-with-events', (writer) => ({
    async append(events, options) {
      await writer.append([], { acks: options?.acks ?? [] })
      await writer.append(events)
    },
  })),
  'keeps one of those inputs that come at once': flawed('input-many-at-once', (sound) => {
    let busy = false
    return {
      async submit(runId, input) {
        if (busy) return
        busy = true
        await sound.submit(runId, input)
        busy = false
      },
    }
  }),
  'is deaf to the signal of its inputs': flawedWriter('input-signal', (writer) => ({
    inputs: () => writer.inputs(new AbortController().signal),
  })),
  'has one inbox for all runs': flawed('input-own-run', (sound) => ({
    async submit(runId, input) {
      const { runs } = await sound.listRuns()
      await sound.submit(runs[0]?.runId ?? runId, input)
    },
  })),
  'takes an input that it then loses': flawed('input-odd-ids', (sound) => ({
    async submit(runId, input) {
      if (!input.inputId.includes('/')) await sound.submit(runId, input)
    },
  })),
  'takes inputs for nobody': flawed('input-unknown-run', (sound) => ({
    submit: (runId, input) => sound.submit(runId, input).catch(() => {}),
  })),
  'makes a run of an input': flawed('input-unknown-run', (sound) => ({
    submit: (runId, input) =>
      sound.submit(runId, input).catch(async () => {
        throw failure('storage_failed')
      }),
  })),
}

/** Gives every delivery an id of its own, and the true one back when it is read. */
function renaming(sound: RunStorage): Partial<RunStorage> {
  let count = 0
  return {
    submit: (runId, input) => sound.submit(runId, { ...input, inputId: `${input.inputId} ${count++}` }),
    async createRun(events) {
      const writer = await sound.createRun(events)
      return Object.assign(Object.create(writer), {
        async *inputs(signal: AbortSignal) {
          for await (const input of writer.inputs(signal))
            yield { ...input, inputId: input.inputId.split(' ')[0] }
        },
      })
    },
  }
}

/** Lets an input in again once it was acknowledged. */
function forgetsAcknowledged(): BrokenStorage {
  return flawed('input-once', (sound) => {
    const acknowledged = new Set<string>()
    const renamed = renaming(sound)
    return {
      submit: (runId, input) =>
        (acknowledged.has(input.inputId) ? (renamed.submit ?? sound.submit) : sound.submit)(runId, input),
      async createRun(events) {
        const writer = await sound.createRun(events)
        return Object.assign(Object.create(writer), {
          async append(
            batch: Parameters<typeof writer.append>[0],
            options: Parameters<typeof writer.append>[1],
          ) {
            for (const id of options?.acks ?? []) acknowledged.add(id)
            await writer.append(batch, options)
          },
        })
      },
    }
  })
}
