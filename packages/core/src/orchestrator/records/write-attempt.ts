/**
 * My job: the two files of an attempt. My neighbours build what stands in them.
 *
 * 1. The envelope is written last, and its own name after its second: where that stands, nothing is missing
 *    of what was known when the attempt ended.
 * 2. Whoever takes a run over knows what the journal tells; what only the process knew that made the call
 *    stays as it was written.
 */
import type { ArtifactStore } from '../../storage/artifact-store.ts'
import type { ArtifactPath } from './artifact-paths.ts'
import type { Attempt } from './attempts.ts'
import { envelopeOf, type HandoffEnvelope } from './envelope.ts'
import { type Receipt, receiptOf } from './receipt.ts'

const OF_THE_CALL: readonly (keyof Receipt)[] = ['engine_version', 'mode', 'provider', 'context_truncation']
const OF_THE_PROMPT: readonly (keyof HandoffEnvelope)[] = ['prompt_hash']

/** Writes the receipt and the envelope of an attempt. */
export async function writeAttempt(artifacts: ArtifactStore, attempt: Attempt): Promise<void> {
  const { paths } = attempt
  await write(artifacts, paths.receipt, {
    attempt,
    projection: receiptOf(attempt.receipt),
    kept: OF_THE_CALL,
  })
  await write(artifacts, paths.envelope, {
    attempt,
    projection: envelopeOf(attempt.envelope),
    kept: OF_THE_PROMPT,
  })
}

/**
 * Writes what a process that died had not written: the files of an attempt, or into the last ones of a step
 * what came after its end. Writes happen in order: of those before the last nothing is missing.
 */
export async function restoreAttempts(artifacts: ArtifactStore, ended: readonly Attempt[]): Promise<void> {
  const present = new Set(await artifacts.list())
  const last = new Map(ended.map((attempt) => [attempt.paths.envelope.latest, attempt]))
  for (const attempt of ended) {
    const { latest, execution } = attempt.paths.envelope
    const { routing, verification } = attempt.envelope
    const wentOn = routing !== undefined || verification !== undefined
    if (!present.has(execution) || (wentOn && last.get(latest) === attempt))
      await writeAttempt(artifacts, attempt)
  }
}

interface Writing {
  readonly attempt: Attempt
  readonly projection: object
  /** Members that stay as they were written. */
  readonly kept: readonly string[]
}

/** Writes a projection. One of a call that another process made is written only if it would change. */
async function write(
  artifacts: ArtifactStore,
  { latest, execution }: ArtifactPath,
  { attempt, projection, kept }: Writing,
): Promise<void> {
  const before = attempt.wasCalledHere ? undefined : await artifacts.get(execution)
  const text = `${JSON.stringify({ ...projection, ...pick(before, kept) }, null, 2)}\n`
  if (text !== before) await artifacts.put(execution, text, { also: latest })
}

/** Members of a projection as it was written; none of one that was not, or that somebody has spoilt. */
function pick(text: string | undefined, members: readonly string[]): object {
  const written: unknown = text === undefined ? undefined : parse(text)
  if (typeof written !== 'object' || written === null) return {}
  return Object.fromEntries(Object.entries(written).filter(([member]) => members.includes(member)))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
