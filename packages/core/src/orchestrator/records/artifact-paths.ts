/**
 * My job: where the projections of an execution lie (rule J4), as in the sources: the plain name holds
 * the latest execution, a second one with `.<iteration>.<attempt>` this execution.
 * My neighbour's: artifact-path.ts refuses what may name nothing; every path from here passes it.
 *
 * 1. Equal addresses have equal paths; on a file system that ignores case too, others differ.
 * 2. No name is longer than a segment may be, whatever ids and item keys a flow has.
 */
import type { StepScope } from '../../events/envelope.ts'
import { digestText } from '../../flow/digest.ts'

/** The execution whose files are named. */
export interface ArtifactAddress
  extends Pick<StepScope, 'flowKey' | 'visit' | 'stepId' | 'item' | 'iteration' | 'attempt' | 'agentKey'> {
  /** Id of the engine that is called, or the kind of a step that calls none. */
  readonly engine: string
}

/** Run-relative paths of one projection. */
export interface ArtifactPath {
  /** The sources' name, which every execution of the step writes anew. */
  readonly latest: string
  /** The name that only this attempt writes. */
  readonly execution: string
}

/** Run-relative paths of the projections of one execution. */
export interface ArtifactPaths {
  /** JSON lines. */
  readonly transcript: ArtifactPath
  readonly receipt: ArtifactPath
  readonly envelope: ArtifactPath
}

const SEGMENT_LIMIT = 128
const DIGEST_SIZE = 12
const PLAIN = /^[a-z0-9][a-z0-9_-]{0,63}$/
const LOOKS_DIGESTED = new RegExp(`-[0-9a-f]{${DIGEST_SIZE}}$`)
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/
/** Names at the top of a run that a storage keeps for itself. */
const RESERVED = /^inbox$/

/** Names the transcript, the receipt and the envelope of an execution. */
export function artifactPaths(address: ArtifactAddress): ArtifactPaths {
  const { agentKey = 'agent', engine } = address
  const step = stepName(address)
  const owner = `${step}-${safeName(agentKey)}`
  return {
    transcript: pathsOf(address, 'llm', { name: `${owner}-${safeName(engine)}`, extension: '.jsonl' }),
    receipt: pathsOf(address, 'receipts', { name: owner, extension: '.json' }),
    envelope: pathsOf(address, 'handoff', { name: step, extension: '.json' }),
  }
}

/** Folder of a flow visit: `build`, then `build#2`. */
export function visitFolder({ flowKey, visit }: Pick<ArtifactAddress, 'flowKey' | 'visit'>): string {
  const name = RESERVED.test(flowKey) ? digested(flowKey) : safeName(flowKey)
  return visit === 1 ? name : `${name}#${visit}`
}

interface FileName {
  readonly name: string
  readonly extension: string
}

function pathsOf(address: ArtifactAddress, folder: string, { name, extension }: FileName): ArtifactPath {
  const base = `${visitFolder(address)}/${folder}`
  const suffix = `.${address.iteration}.${address.attempt}`
  const short = shortened(name, SEGMENT_LIMIT - suffix.length - extension.length)
  return { latest: `${base}/${short}${extension}`, execution: `${base}/${short}${suffix}${extension}` }
}

/** `step` or `step.item`: safe names hold no dot, so that no item can pass for an execution. */
function stepName({ stepId, item }: ArtifactAddress): string {
  return item === undefined ? safeName(stepId) : `${safeName(stepId)}.${safeName(item)}`
}

/** The name itself when it is plain, else what is readable of it with a digest of it: at most 64 characters. */
export function safeName(name: string): string {
  return PLAIN.test(name) && !DEVICE.test(name) && !LOOKS_DIGESTED.test(name) ? name : digested(name)
}

function digested(name: string): string {
  const readable = name
    .slice(0, 200)
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '')
    .slice(0, 40)
  return `${readable === '' ? 'x' : readable}-${digestText(name).slice(0, DIGEST_SIZE)}`
}

function shortened(name: string, limit: number): string {
  if (name.length <= limit) return name
  return `${name.slice(0, limit - DIGEST_SIZE - 1)}-${digestText(name).slice(0, DIGEST_SIZE)}`
}
