/**
 * From a step and what came before it to the text that its engine is given. Equal inputs give equal
 * bytes. Everything that is not ours stands between tags that it can neither close nor forge.
 */
import type { PromptParts } from '../engine/context.ts'
import type { HistoryPolicy } from '../flow/definition.ts'
import { composeBriefing, defaultTask, type StepPlace } from './briefing.ts'
import { type ContextTruncation, composeHistory, type History } from './history.ts'
import { formatInstructions, repairPrompt } from './structured.ts'
import { guard, section } from './tags.ts'
import { verdictInstructions } from './verdict-instructions.ts'

/** What a prompt is made of. */
export interface PromptInput extends StepPlace {
  /** The step's prompt, references resolved. @default made of objective or role */
  readonly task?: string
  /** What the step may see of the steps before it. @default nothing */
  readonly history?: History
  /** Budgets of the history. @default those of A7.12 */
  readonly policy?: HistoryPolicy
  /** The wrong answer before, when this asks again. Needs an output schema. */
  readonly repair?: RepairInput
}

/** A structured answer that did not match. */
export interface RepairInput {
  readonly problems: readonly string[]
  readonly previousAnswer: string
}

/** A prompt, whole and in parts. */
export interface ComposedPrompt {
  readonly prompt: string
  readonly parts: PromptParts
  /** What of the history was left out; for the receipt. */
  readonly truncation?: ContextTruncation
}

/**
 * What to say in a conversation that holds the prompt already: what was wrong with the answer, else that the work
 * was cut off. The task and the form of the answer are said again, for an agent may have lost sight of them.
 */
export function composeContinuation({ task, format, repair }: PromptParts): string {
  if (repair !== '') return repair
  const interruption =
    'The work on the task was interrupted. Look at what is done already, then go on from there and finish it; do nothing twice.'
  return [section('interruption', interruption), task, format].filter((part) => part !== '').join('\n\n')
}

/** Composes the prompt of one call. */
export function composePrompt(input: PromptInput): ComposedPrompt {
  const { step, repair } = input
  const history = input.history === undefined ? undefined : composeHistory(input.history, input.policy)
  const parts: PromptParts = {
    system: composeBriefing(input),
    history: history?.text ?? '',
    task: section('task', guard(input.task ?? defaultTask(input))),
    format: step.output === undefined ? verdictInstructions(step) : formatInstructions(step.output),
    repair:
      repair === undefined || step.output === undefined
        ? ''
        : repairPrompt(repair.problems, step.output, repair.previousAnswer),
  }
  const prompt = [parts.system, parts.history, parts.task, parts.format, parts.repair]
    .filter((part) => part !== '')
    .join('\n\n')
  return history?.truncation === undefined
    ? { prompt, parts }
    : { prompt, parts, truncation: history.truncation }
}
