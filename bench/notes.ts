/** What dominates the figures that are above their goal; written by hand after profiling. */
export const notes: readonly string[] = [
  'W1a: allocation. A fifth of the time is the garbage collector: two events, their drafts, the state of a step, a call with its promises. The two SHA-256 of a step are 0.8 µs of it. The first rounds of a process, before its code is compiled, take three to four times as long.',
  'W1b: the kernel’s own time (W1a) is two thirds. An append of two events takes the storage 7 µs, of which the write is 2, the JSON 2, the look at the lock that keeps an overtaken owner from counting 1.3, and the checksum 0.7.',
  'W1c: one flush a step on both sides. The difference is the kernel’s own time, which the floor spends waiting, and which costs more here than in W1b: after a flush the caches are cold.',
  'W1d: a transcript, a receipt and an envelope, each a file of two names: three files, three links and three renames a step, written behind the run, whose end waits for them. They and the text in them are about half of the time; the other half is the agent step itself, its history of twelve outputs first.',
  'W2: the floor is three appends for 1,000 steps, so what is above it is the kernel’s own time.',
  'W3: a run is created whole or not at all and has one owner: a folder beside, a lock, what was asked for, the journal, a rename, and at the end the summary. The rest, and most, is the kernel’s own time (W3a). The goal was set with loops that go on at once, which is the first row; loops that block are several times as fast, since none waits for another.',
  'W4: a third is checking the flow of 10,000 steps that the code defines, a third is reading the journal, once for the lock’s new owner and once for the fold, and folding it; the rest is the start of Node, the import, and the garbage collector.',
  'W5: what an engine says in one turn of the event loop reaches a reader as one chunk, so most of it is the engine’s own generator. The memory of the slow reader is the heap of the run itself; what waits for the reader is bounded at 1 MB.',
  'W6: CEL is 25 kB of the bundle, JSON Schema 6, Baton’s own code 84: its messages say what to do.',
  'Files: ext4 passes over every inode of a folder’s neighbourhood that was deleted in the last five minutes. After a run of the tests, a new file in the temporary folder takes 300 µs instead of 15, which falls on W1d and W3 of both sides. Wait, or keep the runs elsewhere with `--folder`.',
]
