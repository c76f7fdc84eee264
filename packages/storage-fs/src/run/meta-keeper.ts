import { statSync } from 'node:fs'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { type DurableEvent, type RunSummary, summarizeRun } from '@batonjs/core'
import { createFile, replaceFile } from '../disk/whole-file.ts'
import { type StampedSummary, summarizeJournal } from '../journal/journal-summary.ts'
import type { RunPaths } from './run-paths.ts'
import { toMetaText, toStamp } from './run-projections.ts'

/** A run that was quiet for so long gets its `meta.json` written anew. */
const QUIET_MS = 1_000
/** Reading a long journal again takes time: at most one part in so many is spent on it. */
const SHARE = 100

/** Writes `meta.json` while a run is owned: when it falls quiet and at its end, never while it is busy. */
export class MetaKeeper {
  readonly #paths: RunPaths
  readonly #first: DurableEvent
  #last: DurableEvent
  #seen: DurableEvent
  #timer: NodeJS.Timeout | undefined
  #delayMs = QUIET_MS
  #isClosed = false

  constructor(paths: RunPaths, first: DurableEvent, last: DurableEvent) {
    this.#paths = paths
    this.#first = first
    this.#last = last
    this.#seen = last
  }

  /** Takes note of events that count. Costs next to nothing. */
  note(events: readonly DurableEvent[]): void {
    this.#last = events.at(-1) ?? this.#last
    if (!this.#isClosed) this.#timer ??= this.#startTimer()
  }

  /** Ends it, and writes it for the last time if the run is still owned. */
  close(isOwned: boolean): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    if (isOwned) this.#write()
  }

  #startTimer(): NodeJS.Timeout {
    return setTimeout(() => this.#look(), this.#delayMs).unref()
  }

  #look(): void {
    const isQuiet = this.#seen === this.#last
    this.#seen = this.#last
    this.#timer = isQuiet ? undefined : this.#startTimer()
    if (isQuiet) this.#write()
  }

  #write(): void {
    const start = performance.now()
    keepMeta(this.#paths, () => this.#summarize())
    this.#delayMs = Math.max(QUIET_MS, (performance.now() - start) * SHARE)
  }

  #summarize(): StampedSummary {
    if (this.#last.type !== 'run_completed') return summarizeJournal(this.#paths)
    const stamp = toStamp(statSync(this.#paths.journal))
    return { summary: summarizeRun([this.#first, this.#last]), stamp }
  }
}

/** Writes the first `meta.json` of a run that nobody sees yet, if that is possible. */
export function createMeta(paths: Pick<RunPaths, 'journal' | 'meta'>, events: readonly DurableEvent[]): void {
  try {
    createFile(paths.meta, toMetaText(summarizeRun(events), toStamp(statSync(paths.journal))))
  } catch {
    // It is made when the run falls quiet.
  }
}

/** Writes `meta.json`, if that is possible: it can be rebuilt, so nothing fails for want of it. */
export function keepMeta(paths: RunPaths, summarize: () => StampedSummary): RunSummary | undefined {
  try {
    const { summary, stamp } = summarize()
    // One name a thread: what a crash leaves behind is written over.
    const temp = join(paths.folder, `.meta-${process.pid}-${threadId}`)
    replaceFile(paths.meta, temp, toMetaText(summary, stamp))
    return summary
  } catch {
    return undefined
  }
}
