/**
 * Reads the facts back from a prompt that carries them in a fence (```` ```json ````): a stub answers from
 * what it is asked, as a model would, and so also in the process that resumes a run. The first fence
 * that holds JSON counts; without one the answer is `undefined`.
 */
export function readFacts(prompt: string): unknown {
  // JSON holds no line that begins with a fence: a newline within a string is written as `\n`.
  for (const [, json = ''] of prompt.matchAll(/^```json\n([\s\S]*?)\n```$/gm)) {
    try {
      return JSON.parse(json)
    } catch {
      // Another fence may be the one.
    }
  }
  return undefined
}
