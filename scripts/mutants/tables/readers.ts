import { inFile, type Mutant } from '../mutant.ts'

/** What readers and watchers see of a run. */
export const readers: readonly Mutant[] = [
  ...inFile(
    'packages/core/src/orchestrator/readers/chunk-queue.ts',
    'src/orchestrator/readers src/orchestrator/streams',
    [
      {
        rule: 'S4',
        off: 'chunks that nobody reads are kept without bound',
        text: 'while (this.#weight > WAITING_CHARACTERS)',
        becomes: 'while (false)',
      },
      {
        rule: 'S4',
        off: 'chunks are dropped without a word',
        text: 'this.#dropped ??= { scope: oldest.scope, after: 0, chunks: 0, characters: 0 }',
        becomes: 'return',
      },
      {
        rule: 'S4',
        off: 'dropped chunks are not counted',
        text: 'this.#dropped.chunks += oldest.chunks',
        becomes: '',
      },
      {
        rule: 'S4',
        off: 'chunks are joined without bound',
        text: 'return joined.length + text.length <= JOINED_CHARACTERS',
        becomes: 'return true',
      },
      {
        rule: 'E2',
        off: 'chunks of two calls are joined',
        text: 'last?.scope === scope && last.after === after',
        becomes: 'last?.after === after',
      },
      {
        rule: 'E2',
        off: 'a chunk goes past a durable event',
        text: 'first === undefined || first.after >= seq ||',
        becomes: 'first === undefined ||',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/readers/broadcast.ts',
    'src/orchestrator/streams src/orchestrator/readers',
    [
      {
        rule: 'S4',
        off: 'the events that readers share are kept without bound',
        text: 'if (live.tail.length > TAIL_LENGTH * 2) live.tail = live.tail.slice(-TAIL_LENGTH)',
        becomes: '',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/readers/live-reader.ts',
    'src/orchestrator/streams src/orchestrator/readers',
    [
      {
        rule: 'fault 27',
        off: 'a late reader misses what happened before',
        text: 'if (this.#cursor <= this.#live.lastSeq) return await this.#fromJournal()',
        becomes: 'if (this.#cursor <= this.#live.lastSeq) this.#cursor = this.#live.lastSeq',
      },
      {
        rule: 'fault 27',
        off: 'a reader sees an event twice at the seam from the journal to what is live',
        text: 'this.#cursor = next.value.seq + 1',
        becomes: 'this.#cursor = next.value.seq',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/watchers.ts',
    'src/orchestrator/host-doors src/orchestrator/streams',
    [
      {
        rule: 'law 5',
        off: 'a watcher that throws harms the run',
        text: 'complain(thrown)\n',
        becomes: 'throw thrown\n',
      },
      {
        rule: 'law 5',
        off: 'a watcher that rejects ends the process',
        text: 'if (isThenable(given)) Promise.resolve(given).catch(complain)',
        becomes: '',
      },
    ],
  ),
  ...inFile('packages/core/src/run/summary.ts', 'src/run/status src/orchestrator/requests', [
    {
      rule: 'S3',
      off: 'a run counts as waiting for a quota although a call runs',
      text: '[...state.calls].every((call) => asks.has(call)) &&\n    !isAnythingToRecord',
      becomes: '!isAnythingToRecord',
    },
    {
      rule: 'S3',
      off: 'a run counts as waiting for a quota whatever else is tried again',
      text: "retrying.every(({ error }) => error?.code === 'quota') &&",
      becomes: '',
    },
    {
      rule: 'S3',
      off: 'a run counts as waiting although a call runs',
      text: '[...state.calls].every((call) => asks.has(call)) && !hasRetries(state)',
      becomes: '!hasRetries(state)',
    },
    {
      rule: 'S3',
      off: 'a run counts as waiting although something is due',
      text: '&& !isAnythingDue(state)',
      becomes: '',
    },
  ]),
]
