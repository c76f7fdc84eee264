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
  const { paths, wasCalledHere } = attempt
  const keptOf = async (path: ArtifactPath, members: readonly string[]): Promise<object> =>
    wasCalledHere ? {} : pick(await artifacts.get(path.execution), members)
  const receipt = { ...receiptOf(attempt.receipt), ...(await keptOf(paths.receipt, OF_THE_CALL)) }
  await write(artifacts, paths.receipt, receipt)
  const envelope = { ...envelopeOf(attempt.envelope), ...(await keptOf(paths.envelope, OF_THE_PROMPT)) }
  await write(artifacts, paths.envelope, envelope)
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

async function write(
  artifacts: ArtifactStore,
  { latest, execution }: ArtifactPath,
  projection: object,
): Promise<void> {
  await artifacts.put(execution, `${JSON.stringify(projection, null, 2)}\n`, { also: latest })
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
