/** My job: the questions of Claude's tool for them, as core asks questions, and the answers back. */
import type { JsonObject, JsonSchema, Question } from '@batonjs/core'
import { objectsIn, textIn } from './fields.ts'

/** The questions, with their choices as quick replies: another answer is as good. */
export function questionsIn(input: JsonObject): readonly Question[] {
  return objectsIn(input, 'questions').map((question, index) => {
    const options = objectsIn(question, 'options').flatMap((option) => textIn(option, 'label') ?? [])
    const asked = { id: idOf(index), text: textOf(question), schema: schemaOf(question) }
    return options.length === 0 ? asked : { ...asked, options }
  })
}

/** The answers by the question's own words, as Claude wants them; several choices in one text. */
export function answersFor(input: JsonObject, answers: JsonObject): JsonObject {
  const entries = objectsIn(input, 'questions').map((question, index) => {
    const answer = answers[idOf(index)]
    const text = Array.isArray(answer) ? answer.join(', ') : String(answer ?? '')
    return [textIn(question, 'question') ?? '', text] as const
  })
  return Object.fromEntries(entries)
}

function idOf(index: number): string {
  return `question_${index + 1}`
}

function textOf(question: JsonObject): string {
  const choices = objectsIn(question, 'options').flatMap((option) => {
    const description = textIn(option, 'description') ?? ''
    return description === '' ? [] : [`- ${textIn(option, 'label') ?? ''}: ${description}`]
  })
  return [textIn(question, 'question') ?? '', ...choices].join('\n')
}

function schemaOf({ multiSelect }: JsonObject): JsonSchema {
  return multiSelect === true ? { type: 'array', items: { type: 'string' } } : { type: 'string' }
}
