import { closeSync, constants, fstatSync } from 'node:fs'
import { createRunSummarizer, type DurableEvent, type RunSummary, summarizeRun } from '@batonjs/core'
import { numberOf, parseFields } from '../disk/json-fields.ts'
import { openExisting } from '../disk/whole-file.ts'
import type { RunPaths } from '../run/run-paths.ts'
import { type JournalStamp, toStamp } from '../run/run-projections.ts'
import { readChunks } from './file-chunks.ts'
import { unsealLine } from './journal-line.ts'
import { LineSplitter } from './line-splitter.ts'
import { checkLineLength, type JournalPlace, openLine, parseEvent } from './stored-event.ts'

/** How much of a journal's end is looked at for its last line. `run_completed` is seldom larger. */
const TAIL_SIZE = 64 * 1024

/** A summary, and the state of the journal that it was made from. */
export interface StampedSummary {
  readonly summary: RunSummary
  readonly stamp: JournalStamp
}

/**
 * The summary of a run, from its journal. A completed run is told by its first and last event, whatever
 * lies between. Throws `journal_corrupt`, `journal_too_new`.
 */
export function summarizeJournal(paths: RunPaths): StampedSummary {
  const fd = openExisting(paths.journal, constants.O_RDONLY)
  try {
    const stats = fstatSync(fd)
    const ending = readCompletion(paths, fd, stats.size)
    const events =
      ending === undefined ? readAll(paths, fd, stats.size) : firstAnd(ending, paths, fd, stats.size)
    return { summary: summarizeRun(events), stamp: toStamp(stats) }
  } finally {
    closeSync(fd)
  }
}

/** The summary of a journal that grows: what was read once is not read again. */
export class GrowingSummary {
  readonly #paths: RunPaths
  readonly #summarizer = createRunSummarizer()
  #next: JournalPlace = START

  constructor(paths: RunPaths) {
    this.#paths = paths
  }

  /** Reads what was added since the last time. Throws `journal_corrupt`, `journal_too_new`. */
  read(): StampedSummary | undefined {
    const fd = openExisting(this.#paths.journal, constants.O_RDONLY)
    try {
      const stats = fstatSync(fd)
      for (const { event, next } of walk(this.#paths, fd, { start: this.#next, size: stats.size })) {
        this.#summarizer.add(event)
        this.#next = next
      }
      const summary = this.#summarizer.summarize()
      return summary && { summary, stamp: toStamp(stats) }
    } finally {
      closeSync(fd)
    }
  }
}

function* firstAnd(last: DurableEvent, paths: RunPaths, fd: number, size: number): Generator<DurableEvent> {
  for (const { event } of walk(paths, fd, { start: START, size })) {
    yield event
    break
  }
  yield last
}

function* readAll(paths: RunPaths, fd: number, size: number): Generator<DurableEvent> {
  for (const { event } of walk(paths, fd, { start: START, size })) yield event
}

const START: JournalPlace = { line: 1, offset: 0 }

/** An event, and where the one after it begins. */
interface Passed {
  readonly event: DurableEvent
  readonly next: JournalPlace
}

/** The events of a journal from a place on, as they are asked for; a torn last line is left out. */
function* walk(
  paths: RunPaths,
  fd: number,
  { start, size }: { readonly start: JournalPlace; readonly size: number },
): Generator<Passed, void> {
  const splitter = new LineSplitter(start.offset)
  let { line } = start
  for (const chunk of readChunks(fd, { from: start.offset, to: size })) {
    for (const raw of splitter.push(chunk)) {
      const event = parseEvent(paths, openLine(paths, raw, line), { line, offset: raw.offset })
      line++
      yield { event, next: { line, offset: splitter.offset } }
    }
    checkLineLength(paths, { line, offset: splitter.offset }, splitter.held)
  }
}

/** The journal's last line, when it is whole and completes the run. */
function readCompletion(paths: RunPaths, fd: number, size: number): DurableEvent | undefined {
  const from = Math.max(0, size - TAIL_SIZE)
  const tail = Buffer.concat([...readChunks(fd, { from, to: size })])
  const start = tail.lastIndexOf('\n', -2) + 1
  if (start === 0 || !tail.subarray(-1).equals(Buffer.from('\n'))) return undefined
  const json = unsealLine(tail.toString('utf8', start, tail.length - 1))
  const fields = json === undefined ? undefined : parseFields(json)
  if (json === undefined || fields?.type !== 'run_completed') return undefined
  return parseEvent(paths, json, { line: numberOf(fields, 'seq') ?? 0, offset: from + start })
}
