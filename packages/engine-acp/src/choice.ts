/** My job: the model and the mode of a session, which agents let be chosen in two ways. */
import { didYouMean, EngineError, type JsonObject, type JsonValue } from '@batonjs/core'
import { fieldsOf, isTold, membersOf, textOf } from './fields.ts'
import { isRefusal } from './refusal.ts'
import type { Ask, OpenSession } from './session.ts'

/** What is to be chosen. */
export interface Wish {
  readonly what: 'model' | 'mode'
  readonly value: string
}

/** What an agent lets be chosen. */
interface Choice {
  readonly method: string
  readonly params: (value: string) => JsonObject
  readonly current: JsonValue | undefined
  readonly known: readonly string[]
}

/** Chooses it. Throws an EngineError `invalid_request` when the agent does not offer it. */
export async function choose(ask: Ask, { id, offers }: OpenSession, wish: Wish): Promise<void> {
  const choice = optionOf(offers, wish) ?? listOf(offers, wish)
  if (choice === undefined) throw noChoice(wish)
  if (choice.current === wish.value) return
  try {
    await ask(choice.method, { sessionId: id, ...choice.params(wish.value) })
  } catch (thrown) {
    throw isRefusal(thrown) ? refused(wish, choice, thrown) : thrown
  }
}

function optionOf({ configOptions }: JsonObject, { what }: Wish): Choice | undefined {
  const option = membersOf(configOptions)
    .map(fieldsOf)
    .find(({ category }) => category === what)
  const configId = textOf(option?.id)
  if (option === undefined || configId === undefined) return undefined
  return {
    method: 'session/set_config_option',
    params: (value) => ({ configId, value }),
    current: option.currentValue,
    known: namesIn(option.options, 'value'),
  }
}

function listOf({ models, modes }: JsonObject, { what }: Wish): Choice | undefined {
  const listed = fieldsOf(what === 'model' ? models : modes)
  if (!isTold(listed)) return undefined
  const isModel = what === 'model'
  return {
    method: `session/set_${what}`,
    params: (value) => (isModel ? { modelId: value } : { modeId: value }),
    current: isModel ? listed.currentModelId : listed.currentModeId,
    known: isModel ? namesIn(listed.availableModels, 'modelId') : namesIn(listed.availableModes, 'id'),
  }
}

/** The names in a list; those of a group are in a list of its own. */
function namesIn(list: JsonValue | undefined, member: string): readonly string[] {
  return membersOf(list).flatMap((one) => {
    const { options, [member]: name } = fieldsOf(one)
    return textOf(name) ?? namesIn(options, member)
  })
}

function noChoice({ what, value }: Wish): EngineError {
  const message = `The agent lets nobody choose a ${what}. Leave "${value}" out, and set it in the agent's arguments or settings`
  return new EngineError(message, { code: 'invalid_request' })
}

function refused({ what, value }: Wish, { known }: Choice, cause: EngineError): EngineError {
  const message = `The agent refuses the ${what} "${value}".${didYouMean(value, known)} It offers ${known.join(', ')}`
  return new EngineError(message, { code: 'invalid_request', cause })
}
