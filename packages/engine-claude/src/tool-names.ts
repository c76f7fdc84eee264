/** The answer in structured form comes as a tool: it is no tool to anybody else. */
export const ANSWER_TOOL = 'StructuredOutput'

/** Names of one tool: the model uses one of them, and Claude's hooks and requests may use the other. */
const SYNONYMS = [
  ['Task', 'Agent'],
  ['TaskOutput', 'AgentOutputTool', 'BashOutputTool', 'BashOutput'],
  ['TaskStop', 'KillShell', 'KillBash'],
]

/** All names that a tool goes by. */
export function namesOf(tool: string): readonly string[] {
  return SYNONYMS.find((names) => names.includes(tool)) ?? [tool]
}

/** Whether a name of a tool fits one of the patterns, in which a `*` stands for any characters. */
export function isNamed(tool: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => toExpression(pattern).test(tool))
}

function toExpression(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}

/** Those that name one tool, and can so be told to Claude beforehand. */
export function exactNames(patterns: readonly string[]): readonly string[] {
  return patterns.filter((pattern) => /^\w+$/.test(pattern))
}
