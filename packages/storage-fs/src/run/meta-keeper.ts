import { statSync } from 'node:fs'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { type DurableEvent, summarizeRun } from '@batonjs/core'
import { replaceFile } from '../disk/whole-file.ts'
import { GrowingSummary, type StampedSummary } from '../journal/journal-summary.ts'
import type { RunPaths } from './run-paths.ts'
import { toMetaText, toStamp } from './run-projections.ts'

/** A run that was quiet for so long gets its `meta.json` written anew. */
const QUIET_MS = 1_000

/**
 * Writes `meta.json` while a run is owned: when it falls quiet and at its end, never while it is busy. No
 * event is read for it twice.
 */
export class MetaKeeper {
  readonly #paths: RunPaths
  readonly #first: DurableEvent
  #last: DurableEvent
  #seen: DurableEvent
  readonly #growing: GrowingSummary
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(paths: RunPaths, first: DurableEvent, last: DurableEvent) {
    this.#paths = paths
    this.#first = first
    this.#growing = new GrowingSummary(paths)
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
    return setTimeout(() => this.#look(), QUIET_MS).unref()
  }

  #look(): void {
    const isQuiet = this.#seen === this.#last
    this.#seen = this.#last
    this.#timer = isQuiet ? undefined : this.#startTimer()
    if (isQuiet) this.#write()
  }

  #write(): void {
    keepMeta(this.#paths, () => this.#summarize())
  }

  #summarize(): StampedSummary | undefined {
    if (this.#last.type !== 'run_completed') return this.#growing.read()
    const stamp = toStamp(statSync(this.#paths.journal))
    return { summary: summarizeRun([this.#first, this.#last]), stamp }
  }
}

/** Writes `meta.json`, if that is possible: it can be rebuilt, so nothing fails for want of it. */
export function keepMeta(paths: RunPaths, summarize: () => StampedSummary | undefined): void {
  try {
    const stamped = summarize()
    if (stamped === undefined) return
    // One name a thread: what a crash leaves behind is written over.
    const temp = join(paths.folder, `.meta-${process.pid}-${threadId}`)
    replaceFile(paths.meta, temp, toMetaText(stamped.summary, stamped.stamp))
  } catch {
    // The list makes it when it is asked.
  }
}
