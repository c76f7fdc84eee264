/** Which engine reviews: `--engine` of the main job. */
import { type EngineProbe, FlowError, type StepEngine } from '@batonjs/core'
import { createAcpEngine } from '@batonjs/engine-acp'
import { createAiEngine } from '@batonjs/engine-ai'
import { createClaudeEngine } from '@batonjs/engine-claude'
import { createGeminiEngine } from '@batonjs/engine-gemini'
import { createSyntheticEngine } from './replies.ts'

/** What `--engine` can say. */
export const engineNames = 'stub, claude, gemini, acp:<command> or ai:<model>'

/** What runs without asking: reading, in the folder that is reviewed. Everything else is asked. */
export const readOnly = {
  allow: ['Read', 'Grep', 'Glob', 'LS', 'read_file', 'list_directory', 'glob', 'grep_search'],
}

/** The engine of a name. Throws `options_invalid` for another name. */
export async function createReviewEngine(name: string): Promise<StepEngine> {
  const [kind = '', ...rest] = name.split(':')
  const detail = rest.join(':').trim()
  switch (kind) {
    case 'stub':
      return createSyntheticEngine()
    case 'claude':
      return createClaudeEngine({ allowedTools: ['Read', 'Grep', 'Glob'] })
    case 'gemini':
      return createGeminiEngine({})
    case 'acp':
      return createAgent(detail)
    case 'ai':
      return await createModel(detail)
    default:
      return refuse(`--engine is "${name}", but must be ${engineNames}.`)
  }
}

/** Tells why an engine cannot run here. Throws its own words, before a run is made for it. */
export async function checkEngine(engine: StepEngine): Promise<void> {
  const probe: EngineProbe = (await engine.probe?.()) ?? { available: true }
  if (probe.available) return
  refuse(`Engine "${engine.id}" cannot run here. ${probe.message ?? ''}`)
}

/** Any agent that speaks the Agent Client Protocol, by its command line. */
function createAgent(line: string): StepEngine {
  const [command, ...args] = line.split(/\s+/).filter((word) => word !== '')
  if (command === undefined) return refuse('--engine is "acp:", but must name a command: "acp:gemini --acp".')
  return createAcpEngine({ command, args })
}

/** A model of any service that speaks as OpenAI does: OPENAI_BASE_URL says where, OPENAI_API_KEY is its key. */
async function createModel(model: string): Promise<StepEngine> {
  if (model === '') return refuse('--engine is "ai:", but must name a model: "ai:gpt-5-mini".')
  const { OPENAI_BASE_URL, OPENAI_API_KEY: apiKey } = process.env
  if (OPENAI_BASE_URL === undefined && apiKey === undefined)
    return refuse(
      'Engine "ai" cannot run here. Set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own.',
    )
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
  const service = createOpenAICompatible({
    name: 'openai-compatible',
    baseURL: OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
    includeUsage: true,
    ...(apiKey === undefined ? {} : { apiKey }),
  })
  return createAiEngine({ model: service(model), ...(apiKey === undefined ? {} : { secrets: [apiKey] }) })
}

function refuse(message: string): never {
  throw new FlowError(message, { code: 'options_invalid' })
}
