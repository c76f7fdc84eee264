import type { Question } from './conversation.ts'
import { type Answer, type Failure, type Silence, says, type Turn } from './turn.ts'

/**
 * What the server says when: one turn, the turns of a conversation, a script for each case (`[case:<name>]` in a
 * prompt; `otherwise` for prompts without), or a function. Nothing depends on the order in which calls that run side
 * by side arrive: turns are counted within a conversation.
 */
export type Script = Turn | readonly Turn[] | Decide | Cases

/** Decides on the turn of one request. `undefined` leaves it to the server, which tells how long the prompt was. */
export type Decide = (question: Question) => Turn | undefined | Promise<Turn | undefined>

/** A script for each case. */
export interface Cases {
  readonly [name: string]: Turn | readonly Turn[] | Decide
}

/** The turn that a script has for a question. */
export async function chooseTurn(script: Script, question: Question): Promise<Answer | Failure | Silence> {
  const turn = (await decide(script, question)) ?? says(`You said ${question.prompt.length} characters.`)
  return turn.kind === 'data' ? asAnswer(turn.data, question) : turn
}

function decide(script: Script, question: Question): ReturnType<Decide> {
  if (typeof script === 'function') return script(question)
  if (isTurns(script)) return script[Math.min(question.turn, script.length - 1)]
  if (isTurn(script)) return script
  const part = script[question.case] ?? script.otherwise
  return part === undefined ? undefined : decide(part, question)
}

function isTurns(script: Turn | readonly Turn[] | Cases): script is readonly Turn[] {
  return Array.isArray(script)
}

function isTurn(script: Turn | Cases): script is Turn {
  return typeof script.kind === 'string'
}

const TOOL = 'StructuredOutput'

/** A model with the tool for it uses it once, then has nothing more to say; any other writes JSON. */
function asAnswer(data: Parameters<typeof JSON.stringify>[0], { tools, results }: Question): Answer {
  const text = JSON.stringify(data)
  if (!tools.includes(TOOL)) return says(text)
  if (results.some(({ isError }) => !isError)) return says('Done.')
  return { kind: 'answer', text: '', tools: [{ name: TOOL, input: data }] }
}
