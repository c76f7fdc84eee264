import type { Question } from './conversation.ts'
import { isJsonObject } from './fields.ts'
import { type Answer, type Data, type Failure, type Silence, says, type Turn, uses } from './turn.ts'

/**
 * What the server says when: one turn, the turns of a conversation, a script for each case (`[case:<name>]` in a
 * prompt; `otherwise` for prompts without), or a function. Nothing depends on the order in which calls that run side
 * by side arrive: turns are counted within a conversation.
 */
export type Script = Line | readonly Line[] | Cases

/** A turn, or a function that decides on it. */
export type Line = Turn | Decide

/** Decides on the turn of one request. `undefined` leaves it to the server, which tells how long the prompt was. */
export type Decide = (question: Question) => Turn | undefined | Promise<Turn | undefined>

/** A script for each case. */
export interface Cases {
  readonly [name: string]: Line | readonly Line[]
}

/** The turn that a script has for a question. */
export async function chooseTurn(script: Script, question: Question): Promise<Answer | Failure | Silence> {
  const line = lineFor(script, question)
  const turn = typeof line === 'function' ? await line(question) : line
  if (turn === undefined) return says(`You said ${question.prompt.length} characters.`)
  return turn.kind === 'data' ? asAnswer(turn.data, question) : turn
}

/** Of a list the one for this turn, of one that is used up the last. */
function lineFor(script: Script, question: Question): Line | undefined {
  if (isList(script)) return script[Math.min(question.turn, script.length - 1)]
  if (isLine(script)) return script
  const part = script[question.case] ?? script.otherwise
  return part === undefined ? undefined : lineFor(part, question)
}

function isList(script: Script): script is readonly Line[] {
  return Array.isArray(script)
}

function isLine(script: Line | Cases): script is Line {
  return typeof script === 'function' || typeof script.kind === 'string'
}

const TOOL = 'StructuredOutput'

/** A model with the tool for it uses it once, then has nothing more to say; any other writes JSON. */
function asAnswer(data: Data['data'], { tools, results }: Question): Answer {
  if (!tools.includes(TOOL) || !isJsonObject(data)) return says(JSON.stringify(data))
  if (results.some(({ isError }) => !isError)) return says('Done.')
  return uses(TOOL, data)
}
