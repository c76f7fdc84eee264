import { checkOptions, type MembersOf, type Shape } from '@batonjs/core'
import type { CallSettings, LanguageModel, streamText, ToolSet } from 'ai'
import type { AiSdk } from './ai-sdk.ts'

/** How an engine of the `ai` SDK works. */
export interface AiEngineOptions {
  /**
   * The model, or a function that gives one for the name that the step, the flow or the run asks for. With a model,
   * a step that asks for another one fails with `invalid_request`.
   */
  readonly model: LanguageModel | ((name: string | undefined) => LanguageModel)
  /** @default 'ai' */
  readonly id?: string
  /**
   * Tools that the model may use. Each use is shown and waits for approval; one that says `needsApproval: false`,
   * itself or as a function of the input, runs without. They run one after the other, in the order of the model.
   * @default none
   */
  readonly tools?: ToolSet
  /** How often the model is asked within one call, tools in between. @default 20 */
  readonly maxSteps?: number
  /** What the system message ends with, after Baton's own words. @default nothing */
  readonly system?: string
  /** Handed to the model as they are. @default the model's own */
  readonly settings?: AiSettings
  /** Whether an output schema is handed to the model itself, beside standing in the prompt. @default true */
  readonly structuredOutput?: boolean
  /** Prices by model id. Without the price of a model the cost of its calls is unknown. @default none */
  readonly prices?: Readonly<Record<string, AiPrice>>
  /** Who serves the models, for the receipt. @default what the model says */
  readonly provider?: string
  /** Whose quota is used up: engines of one account wait together. @default the id */
  readonly account?: string
  /** Keys that the model was made with: they are never recorded, nor those in `settings.headers`. @default none */
  readonly secrets?: readonly string[]
  /** The SDK, `import * as ai from 'ai'`. @default it is loaded when the first call is made */
  readonly ai?: AiSdk
}

/** What `streamText` of the SDK takes of a caller: temperature, token limits, headers, `providerOptions`, … */
export type AiSettings = Readonly<
  Omit<CallSettings, 'abortSignal' | 'maxRetries' | 'timeout'> &
    Pick<Parameters<typeof streamText>[0], 'providerOptions' | 'toolChoice'>
>

/** US dollars for a million tokens. */
export interface AiPrice {
  readonly input: number
  readonly output: number
  /** Of input that was read from the vendor's cache. @default that of input */
  readonly cachedInput?: number
}

const PRICE = 'a number of dollars of at least 0'
const price: Shape = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? undefined : PRICE

const members: MembersOf<AiPrice> = { input: price, output: price, 'cachedInput?': price }

const MODEL = 'a model of the ai SDK, its name, or a function that gives one'
const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

const OPTIONS: MembersOf<AiEngineOptions> = {
  model: (value) => (isModel(value) || typeof value === 'function' ? undefined : MODEL),
  'id?': (value) => (typeof value === 'string' && KEBAB.test(value) ? undefined : 'a name in kebab-case'),
  'tools?': { open: true, members: {}, wanted: 'an object of tools by name' },
  'maxSteps?': 'count',
  'system?': 'text',
  'settings?': { open: true, members: {}, wanted: 'an object { temperature?, maxOutputTokens?, … }' },
  'structuredOutput?': 'flag',
  'prices?': { open: true, members: {}, wanted: 'an object of prices by model id' },
  'provider?': 'text',
  'account?': 'text',
  'secrets?': { listOf: 'text' },
  'ai?': {
    open: true,
    members: { streamText: 'function', jsonSchema: 'function' },
    wanted: 'the module "ai"',
  },
}

/** Whether it is a model rather than what makes one. */
export function isModel(value: unknown): value is LanguageModel {
  if (typeof value === 'string') return value.trim() !== ''
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'doStream') === 'function'
}

/** Throws `options_invalid`. */
export function checkAiOptions(options: AiEngineOptions): void {
  checkOptions('createAiEngine', options, OPTIONS)
  const { tools = {}, prices = {} } = options
  const settings: Readonly<Record<string, unknown>> = options.settings ?? {}
  checkOptions('createAiEngine', settings, settingsTaken(settings), 'options.settings')
  checkOptions('createAiEngine', tools, shapesOf(tools, tool), 'options.tools')
  checkOptions('createAiEngine', prices, shapesOf(prices, { members }), 'options.prices')
}

function shapesOf(table: object, shape: Shape): Readonly<Record<string, Shape>> {
  return Object.fromEntries(Object.keys(table).map((name) => [name, shape]))
}

const TAKEN = new Set([
  ...['model', 'messages', 'prompt', 'system', 'tools', 'output', 'stopWhen'],
  ...['abortSignal', 'maxRetries', 'timeout', 'prepareStep', 'onError'],
])

/** What the engine decides by itself cannot be set. */
function settingsTaken(settings: object): Readonly<Record<string, Shape>> {
  const names = Object.keys(settings).filter((name) => !TAKEN.has(name))
  return Object.fromEntries(names.map((name) => [`${name}?`, () => undefined]))
}

/** A tool runs here, where it can be asked for; one that runs at the vendor has to be allowed beforehand. */
const tool: Shape = (value) => {
  if (typeof value !== 'object' || value === null) return 'a tool of the ai SDK'
  if (typeof Reflect.get(value, 'execute') === 'function') return undefined
  if (Reflect.get(value, 'type') !== 'provider') return 'a tool with "execute"'
  return Reflect.get(value, 'needsApproval') === false
    ? undefined
    : 'allowed by "needsApproval: false", for it runs at the vendor, where nobody is asked'
}
