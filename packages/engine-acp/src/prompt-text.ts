/** My job: that a prompt is said to the model. */

/** Agents take a message that begins so for a command of theirs: Gemini's `/extensions install …` runs it. */
const COMMAND = /^\s*[/$]/

/** The prompt, so that no agent takes it for a command. */
export function toPromptText(prompt: string): string {
  return COMMAND.test(prompt) ? `The prompt:\n${prompt}` : prompt
}
