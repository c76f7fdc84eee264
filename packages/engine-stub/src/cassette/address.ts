import { digestText, type StepContext } from '@batonjs/core'

/** Where a call stands in its run, as the names of files. */
export interface CallAddress {
  /** `flow#visit`. */
  readonly folder: string
  /** `step[item]`. */
  readonly place: string
  readonly iteration: number
  readonly attempt: number
  /** 0, then one more with each repair of the attempt. */
  readonly repair: number
}

const TAIL = /^(.+)#(\d+)\.(\d+)(?:-repair-(\d+))?\.jsonl$/
const SAFE = /^[a-z0-9][a-z0-9._-]{0,63}$/
const READABLE = 40

/** The address of a call. */
export function addressOf(context: StepContext, repair: number): CallAddress {
  const { flowKey, visit, stepId, item, iteration, attempt } = context
  const place = item === undefined ? fileName(stepId) : `${fileName(stepId)}[${fileName(item)}]`
  return { folder: `${fileName(flowKey)}#${visit}`, place, iteration, attempt, repair }
}

/** A name that every file system takes, and that no other name becomes. */
function fileName(name: string): string {
  if (SAFE.test(name)) return name
  const readable = name.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-')
  return `${readable.slice(0, READABLE)}~${digestText(name).slice(0, 8)}`
}

/** The address as a text: `review#1/verdict#1.1`. */
export function formatAddress(address: CallAddress): string {
  const { folder, place, iteration, attempt, repair } = address
  return `${folder}/${place}#${iteration}.${attempt}${repair === 0 ? '' : `-repair-${repair}`}`
}

/** The name of the file within the folder of cassettes. */
export function pathOf(address: CallAddress): string {
  return `${formatAddress(address)}.jsonl`
}

/** The address that a file of a folder stands for. */
export function parseName(folder: string, name: string): CallAddress | undefined {
  const [, place, iteration, attempt, repair = '0'] = TAIL.exec(name) ?? []
  if (place === undefined) return undefined
  return { folder, place, iteration: Number(iteration), attempt: Number(attempt), repair: Number(repair) }
}

/** Whether a call of the same place comes after another one. */
export function isAfter(one: CallAddress, other: CallAddress): boolean {
  if (one.place !== other.place) return false
  const order = one.iteration - other.iteration || one.attempt - other.attempt || one.repair - other.repair
  return order > 0
}

/**
 * The recorded call that stands for one: itself, else the attempt that was recorded last before it, else the next
 * one after it. A run that is killed makes attempts that the recorded one did not make, and the other way round.
 */
export function nearest(known: readonly CallAddress[], wanted: CallAddress): CallAddress | undefined {
  const attempts = known
    .filter(
      ({ place, iteration, repair }) =>
        place === wanted.place && iteration === wanted.iteration && repair === wanted.repair,
    )
    .sort((one, other) => one.attempt - other.attempt)
  return attempts.findLast(({ attempt }) => attempt <= wanted.attempt) ?? attempts[0]
}
