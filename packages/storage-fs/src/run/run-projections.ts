/**
 * `spec.json` and `meta.json`: what a person or another tool reads about a run without its journal, with
 * the sources' names. Both can be rebuilt from the journal and are never trusted over it.
 */
import type { Stats } from 'node:fs'
import type { DurableEvent, OpenRequest, RunStatus, RunSummary } from '@batonjs/core'
import { type Fields, isFields, numberOf, parseFields, textOf } from '../disk/json-fields.ts'

/** What of a journal a summary was made from: any write changes it. */
export interface JournalStamp {
  readonly size: number
  readonly modifiedMs: number
}

/** The stamp of a journal as it is now. */
export function toStamp({ size, mtimeMs }: Pick<Stats, 'size' | 'mtimeMs'>): JournalStamp {
  return { size, modifiedMs: mtimeMs }
}

/** The text of `spec.json`: what was asked for. @source A4 RunSpec */
export function toSpecText([created]: readonly DurableEvent[]): string {
  if (created?.type !== 'run_created') return '{}\n'
  const { manifest, flows } = created
  return toText({
    run_id: created.runId,
    created_at: created.ts,
    format_version: created.formatVersion,
    flow_keys: manifest.flows,
    follow: manifest.follow,
    params: manifest.params,
    start_step: manifest.startStep,
    end_step: manifest.endStep,
    initiator: manifest.initiator,
    engine: manifest.engine,
    model: manifest.model,
    limits: manifest.limits,
    flows: flows.map(({ key, title }) => ({ key, title })),
  })
}

/** The text of `meta.json`: where the run stands. @source A4 RunSummary */
export function toMetaText(summary: RunSummary, stamp: JournalStamp): string {
  return toText({
    run_id: summary.runId,
    status: summary.status,
    flows: summary.flows,
    initiator: summary.initiator,
    created_at: summary.createdAt,
    updated_at: summary.updatedAt,
    last_seq: summary.lastSeq,
    open_requests: summary.openRequests.map(toRequestFields),
    journal: { size: stamp.size, modified_ms: stamp.modifiedMs },
  })
}

/** The summary that a `meta.json` holds, when it was made from exactly this journal. */
export function parseMeta(text: string, stamp: JournalStamp): RunSummary | undefined {
  const fields = parseFields(text)
  const journal = fields?.journal
  if (fields === undefined || !isFields(journal)) return undefined
  if (numberOf(journal, 'size') !== stamp.size || numberOf(journal, 'modified_ms') !== stamp.modifiedMs) {
    return undefined
  }
  return toSummary(fields)
}

const STATUSES: ReadonlySet<unknown> = new Set<RunStatus>([
  'running',
  'waiting',
  'waiting_quota',
  'paused',
  'stopped',
  'interrupted',
  'succeeded',
  'partial',
  'failed',
  'canceled',
])

function toSummary(fields: Fields): RunSummary | undefined {
  const { status, flows, open_requests: requests } = fields
  const texts = ['run_id', 'initiator', 'created_at', 'updated_at'].map((name) => textOf(fields, name))
  const [runId, initiator, createdAt, updatedAt] = texts
  const lastSeq = numberOf(fields, 'last_seq')
  if (runId === undefined || initiator === undefined || lastSeq === undefined) return undefined
  if (createdAt === undefined || updatedAt === undefined || !STATUSES.has(status)) return undefined
  if (!isTexts(flows) || !Array.isArray(requests)) return undefined
  const openRequests = requests.flatMap((request) => (isFields(request) ? (toRequest(request) ?? []) : []))
  if (openRequests.length !== requests.length) return undefined
  // The set holds every status and nothing else.
  return { runId, status: status as RunStatus, flows, initiator, createdAt, updatedAt, lastSeq, openRequests }
}

/** The members of an open request, as `meta.json` spells them. */
const REQUEST_FIELDS: Readonly<Record<keyof OpenRequest, string>> = {
  requestId: 'request_id',
  kind: 'kind',
  step: 'step',
  askedAt: 'asked_at',
  prompt: 'prompt',
  questions: 'questions',
  action: 'action',
  correlation: 'correlation',
  contentHash: 'content_hash',
  answerSchema: 'answer_schema',
  deadlineAt: 'deadline_at',
  deadlineAnswer: 'deadline_answer',
  answerers: 'answerers',
}

function toRequestFields(request: OpenRequest): Fields {
  const members: Fields = { ...request }
  return Object.fromEntries(Object.entries(REQUEST_FIELDS).map(([member, field]) => [field, members[member]]))
}

const KINDS: ReadonlySet<unknown> = new Set<OpenRequest['kind']>([
  'approval',
  'clarification',
  'action',
  'callback',
])

function toRequest(fields: Fields): OpenRequest | undefined {
  const texts = ['request_id', 'step', 'asked_at', 'prompt', 'content_hash']
  const isWhole =
    texts.every((field) => textOf(fields, field) !== undefined) && isFields(fields.answer_schema)
  if (!isWhole || !KINDS.has(fields.kind)) return undefined
  const members = Object.entries(REQUEST_FIELDS).flatMap(([member, field]) =>
    Object.hasOwn(fields, field) ? [[member, fields[field]] as const] : [],
  )
  // It was written from a request for exactly this journal; what every request has is there.
  return Object.fromEntries(members) as unknown as OpenRequest
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function toText(fields: Fields): string {
  return `${JSON.stringify(fields, undefined, 2)}\n`
}
