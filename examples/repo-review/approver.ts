/** Who answers what the run asks: a person at the terminal, or a policy that says so in the record. */
import { createInterface, type Interface } from 'node:readline/promises'
import type { HostAnswer, JsonObject, OpenRequest, Question, RequestHandler } from '@batonjs/core'
import type { LiveView } from './live-view.ts'

const NOBODY = 'There is no terminal to ask on.'

/**
 * Asks on the terminal. Without one the report is written, questions are left to the agent, and no agent may change
 * anything.
 */
export function createApprover(view: LiveView): RequestHandler {
  return async (request): Promise<HostAnswer> => {
    if (!process.stdin.isTTY) return withoutTerminal(request)
    const release = view.hold()
    const terminal = createInterface({ input: process.stdin, output: process.stdout })
    try {
      return { answer: await askAt(terminal, request), by: 'terminal' }
    } finally {
      terminal.close()
      release()
    }
  }
}

function withoutTerminal({ kind, questions = [] }: OpenRequest): HostAnswer {
  const by = 'policy:no-terminal'
  if (kind !== 'clarification') return { answer: { approved: kind === 'approval', comment: NOBODY }, by }
  const answers = questions.map(({ id, options }) => [id, options?.[0] ?? `${NOBODY} Decide yourself.`])
  return { answer: { answers: Object.fromEntries(answers) }, by }
}

async function askAt(
  terminal: Interface,
  { kind, prompt, action, questions = [] }: OpenRequest,
): Promise<HostAnswer['answer']> {
  if (kind === 'clarification') return { answers: await askEach(terminal, questions) }
  const shown = action === undefined ? 'Write it?' : `${JSON.stringify(action.input, null, 2)}\n\nDo it?`
  const reply = await terminal.question(`\n${prompt}\n\n${shown} [Y/n] `)
  return { approved: !/^n/i.test(reply.trim()) }
}

async function askEach(terminal: Interface, questions: readonly Question[]): Promise<JsonObject> {
  const answers: Record<string, string> = {}
  for (const { id, text, options } of questions) {
    const choice = options === undefined ? '' : ` (${options.join(', ')})`
    answers[id] = await terminal.question(`\n${text}${choice} `)
  }
  return answers
}
