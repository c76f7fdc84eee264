import { type DurableEvent, isDurableType, JOURNAL_FORMAT, StorageError } from '@batonjs/core'
import { runNotFound } from '../disk/failure.ts'
import { type Fields, numberOf, parseFields, textOf } from '../disk/json-fields.ts'
import type { RunPaths } from '../run/run-paths.ts'
import { LINE_LIMIT, unsealLine } from './journal-line.ts'
import type { RawLine } from './line-splitter.ts'

const SEALED = /,"crc":"[0-9a-f]{8}"\}$/

/** Where damage was found. Lines count from 1, which is also the `seq` that belongs there. */
export interface JournalPlace {
  readonly line: number
  readonly offset: number
}

/** The JSON of a line whose checksum holds. Throws `journal_corrupt`, or `journal_too_new` for line 1. */
export function openLine(paths: RunPaths, raw: RawLine, line: number): string {
  const json = unsealLine(raw.text)
  if (json !== undefined) return json
  // A newer format may seal its lines in another way.
  if (line === 1 && !SEALED.test(raw.text)) refuseNewerFormat(paths, parseFields(raw.text))
  throw corrupt(paths, { line, offset: raw.offset }, 'its checksum does not hold')
}

/**
 * The event that a line's JSON holds. Throws `journal_corrupt` unless its `seq` is the line's number,
 * `journal_too_new` for a format or an event that this version does not know, and `run_not_found` when
 * the journal is another run's.
 */
export function parseEvent(paths: RunPaths, json: string, place: JournalPlace): DurableEvent {
  const fields = parseFields(json)
  if (fields === undefined) throw corrupt(paths, place, 'it is no JSON object')
  if (place.line === 1) checkHeader(paths, fields, place)
  const type = textOf(fields, 'type') ?? ''
  if (!isDurableType(type)) throw unknownType(paths, place, type)
  const seq = numberOf(fields, 'seq')
  if (seq !== place.line) throw corrupt(paths, place, `seq ${place.line} belongs there, not ${seq}`)
  // A line with a valid checksum is what an owner wrote, and only events are written.
  return fields as Fields & DurableEvent
}

/** The journal cannot be trusted from this place on (rule J3). */
export function corrupt(paths: RunPaths, place: JournalPlace, why: string): StorageError {
  const where = `line ${place.line}, byte ${place.offset}`
  const message = `The journal "${paths.journal}" is damaged at ${where}: ${why}. Restore it from a copy`
  return new StorageError(message, { code: 'journal_corrupt', details: place })
}

/** Throws when a line grows beyond what was ever written. */
export function checkLineLength(paths: RunPaths, place: JournalPlace, held: number): void {
  if (held > LINE_LIMIT) throw corrupt(paths, place, `a line of more than ${LINE_LIMIT} bytes`)
}

function checkHeader(paths: RunPaths, fields: Fields, place: JournalPlace): void {
  refuseNewerFormat(paths, fields)
  if (fields.type !== 'run_created') throw corrupt(paths, place, 'a journal begins with "run_created"')
  // A copied folder, or a name that differs in case on a file system that ignores it.
  if (fields.runId !== paths.runId) throw runNotFound(paths.runId, paths.root)
}

function refuseNewerFormat(paths: RunPaths, fields: Fields | undefined): void {
  const found = fields === undefined ? undefined : numberOf(fields, 'formatVersion')
  if (found === undefined || found <= JOURNAL_FORMAT) return
  const message = `The journal "${paths.journal}" has format ${found}, this version reads up to ${JOURNAL_FORMAT}: upgrade Baton`
  throw new StorageError(message, { code: 'journal_too_new', details: { found, supported: JOURNAL_FORMAT } })
}

function unknownType(paths: RunPaths, place: JournalPlace, type: string): StorageError {
  const message = `The journal "${paths.journal}" holds an event "${type.slice(0, 100)}" at line ${place.line} that this version does not know: upgrade Baton`
  return new StorageError(message, { code: 'journal_too_new', details: { ...place, type } })
}
