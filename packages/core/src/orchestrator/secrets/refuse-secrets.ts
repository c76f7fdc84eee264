/**
 * My job: to turn away what a host or a flow says with a secret in it, before anything is written. What is asked
 * for must be done as it stands or not at all: a prompt with a hole in it is another prompt.
 */
import { FlowError } from '../../errors/swarm-error.ts'
import type { EventDraft } from '../../events/swarm-event.ts'
import { clip } from '../../prompt/tags.ts'
import type { AnswerInput } from '../../storage/storage.ts'
import type { Host } from '../host.ts'
import type { Redactor } from './redactor.ts'
import { placeOfSecret } from './secret-place.ts'
import type { Secrets } from './secrets.ts'

const WAY_OUT = 'Give it to the engine by its environment or its options, and leave it out here.'
/** Characters of a name that somebody outside has given. */
const NAME_CHARACTERS = 512

/** Throws `secret_refused` for the first secret in what is given, by its place; `door` is what was called. */
export function refuseSecrets({ redactor }: Secrets, door: string, given: object): void {
  if (redactor === undefined) return
  const place = placeOfSecret(redactor, given)
  if (place === undefined) return
  const message = `${door}: ${place} holds a value that is declared secret, and would be recorded. ${WAY_OUT}`
  throw new FlowError(message, { code: 'secret_refused', details: [{ path: place, message }] })
}

/** Takes what is given at a door, by its names. */
type Admit = (door: string, given: object) => void

/**
 * The gate of an orchestrator: turns away what holds a secret. Its flows are looked at now, and again when an engine
 * has learnt another secret.
 */
export function createSecretGate({
  secrets,
  flows,
  owner,
}: Pick<Host, 'secrets' | 'flows' | 'owner'>): Admit {
  let known: Redactor | undefined
  const admit: Admit = (door, given) => {
    const { redactor } = secrets
    if (redactor !== known) refuseSecrets(secrets, door, { options: { flows: [...flows.values()], owner } })
    known = redactor
    refuseSecrets(secrets, door, given)
  }
  admit('createOrchestrator', {})
  return admit
}

/** The refusal of an answer that holds a secret: another process, which does not know of it, may have sent it. */
export function refuseSecretAnswer(secrets: Secrets, input: AnswerInput): EventDraft | undefined {
  const { answer, by, requestId, inputId } = input
  if (!secrets.holds({ answer, by, requestId })) return undefined
  const message = `The answer holds a value that is declared secret, and would be recorded. ${WAY_OUT}`
  const told = secrets.copy({ requestId, by })
  return {
    type: 'answer_rejected',
    requestId: clip(told.requestId, NAME_CHARACTERS),
    reason: 'invalid',
    message,
    by: clip(told.by, NAME_CHARACTERS),
    inputId,
  }
}
