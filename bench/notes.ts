/** What dominates the figures that are above their goal; written by hand after profiling. */
export const notes: readonly string[] = [
  'W1a: allocation. A fifth of the time is the garbage collector: two events, their drafts, the state of a step, a call with its promises. The two SHA-256 of a step are 1.5 µs of it. Rounds begin with a collection and a cold heap; in one process that runs on, the least of 30 rounds is 11 µs.',
  'W1b: the kernel’s own time (W1a) is two thirds; the rest is JSON, the CRC, and the look at the lock after each append, which keeps an overtaken owner from counting (1.3 µs).',
  'W1c: one flush a step on both sides; the difference is the kernel’s own time, which the floor spends waiting.',
  'W1d: eight small files a step (transcript, receipt and envelope, each under two names), each written beside and renamed. They are behind the run, but the run’s end waits for them. One write with a second name by a hard link would halve it.',
  'W2: the floor is three appends for 1,000 steps, so all of it is the kernel’s own time.',
  'W3b: a run is created whole or not at all: a folder beside, flushes by level, a rename, a lock, two projections. Ten steps do not make up for that.',
  'W4: half is making the flow of 10,000 steps (validation, digests, edges), once for the code and once for the stored definition; a tenth is reading and folding the journal.',
  'W5: each chunk goes through two generators and becomes an event of its own, because a fast reader is never behind. The memory of the slow reader is the heap of the run itself; what waits for the reader is bounded at 1 MB.',
  'W6: CEL is 25 kB of the bundle, Baton’s own code 75.',
]
