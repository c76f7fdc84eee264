import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFsStorage } from '@batonjs/storage-fs'
import { afterEach, vi } from 'vitest'
import type { StepContext } from '../../engine/context.ts'
import type { StepEngine } from '../../engine/engine.ts'
import type { EngineEvent, StepResult } from '../../engine/result.ts'
import type { SwarmEvent } from '../../events/swarm-event.ts'
import { defineFlow } from '../../flow/define-flow.ts'
import type { StepInput } from '../../flow/flow.ts'
import { createOrchestrator } from '../create-orchestrator.ts'
import type { OrchestratorOptions, RequestHandler } from '../options.ts'

/** Random enough that no part of it stands anywhere by chance. */
export const CANARY = 'k7Qz"9fJx2\\mW4/tB8 vR3hL6nD1pY5cG0sA'

/** So much of a canary is too much. */
const PART = 4

/** Every part of it, as it is and as a URL writes it, without the characters that are escaped one way or another. */
const PARTS = [...new Set(CANARY.split(/[^A-Za-z0-9]/).flatMap(partsOf))]

function partsOf(text: string): readonly string[] {
  return Array.from({ length: Math.max(0, text.length - PART + 1) }, (_, at) => text.slice(at, at + PART))
}

/** What of the canary is in a text. */
export function partsIn(text: string): readonly string[] {
  return PARTS.filter((part) => text.includes(part))
}

/** What an engine does in the call of the step `hostile`. */
export type Mouth = (context: StepContext) => AsyncGenerator<EngineEvent, StepResult, void>

/** An engine whose key is the canary, if that is declared. It notes every prompt, and answers every step but `hostile` by itself. */
function createCanaryEngine(speak: Mouth, isDeclared: boolean): StepEngine & { readonly heard: string[] } {
  const heard: string[] = []
  return {
    specVersion: 1,
    id: 'keyed',
    heard,
    get secrets() {
      return isDeclared ? [CANARY] : []
    },
    runStep(context) {
      heard.push(JSON.stringify([context.prompt, context.promptParts, context.continuation, context.session]))
      return context.stepId === 'hostile' ? speak(context) : answer()
    },
  }
}

async function* answer(): AsyncGenerator<EngineEvent, StepResult, void> {
  yield { type: 'token_chunk', text: 'read' }
  return { status: 'succeeded', output: 'read' }
}

/** What a test changes of the host. */
export interface CanaryHost extends Partial<OrchestratorOptions> {
  readonly onRequest?: RequestHandler
  readonly hostile?: Partial<StepInput>
  /** Whether the engine says that its key is secret. @default true */
  readonly isDeclared?: boolean
}

let folder = ''
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/**
 * Runs a flow whose first step is hostile, on disk, and whose others read all that it left. Gives everything that
 * can be seen of the run: events, result, errors, what was printed, every byte on disk, what engines heard.
 */
export async function seenOf(speak: Mouth, host: CanaryHost = {}): Promise<string> {
  folder = mkdtempSync(join(tmpdir(), 'baton-canary-'))
  const printed = spyOnOutput()
  const { onRequest, hostile, isDeclared = true, ...options } = host
  const engine = createCanaryEngine(speak, isDeclared)
  const orchestrator = createOrchestrator({
    flows: [defineFlow({ key: 'main', steps: stepsWith(hostile) })],
    engines: [engine],
    storage: createFsStorage({ folder }),
    retry: { maxRetries: 0 },
    permissions: { otherwise: 'allow' },
    sync: 'os',
    ...options,
  })
  const seen: unknown[] = []
  try {
    await readAll(orchestrator.executeStream({ runId: 'run-1', ...(onRequest && { onRequest }) }), seen)
    seen.push(await orchestrator.open('run-1').result)
  } catch (thrown) {
    seen.push(String(thrown), thrown)
  }
  await orchestrator.dispose().catch((thrown: unknown) => seen.push(String(thrown), thrown))
  const bytes = readFolder(folder)
  return [JSON.stringify(seen), ...engine.heard, ...printed.end(), ...bytes].join('\n')
}

async function readAll(events: AsyncIterable<SwarmEvent>, seen: unknown[]): Promise<void> {
  let streamed = ''
  for await (const event of events) {
    seen.push(event)
    if (event.type === 'token_chunk') streamed += event.text
  }
  seen.push(streamed)
}

/** The step, one that reads its output if there is any, and one that reads the whole history. */
function stepsWith(hostile: Partial<StepInput> = {}): readonly StepInput[] {
  // The members of a kind that a test asks for instead.
  const first = { id: 'hostile', prompt: 'Speak', needs: [], allowFailure: true, ...hostile } as StepInput
  return [
    first,
    { id: 'reader', prompt: 'Read $hostile.output?', needs: ['hostile'], triggerRule: 'all_done' },
    { id: 'historian', prompt: 'Tell', needs: ['reader'], triggerRule: 'all_done' },
  ]
}

function readFolder(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const inner = join(path, entry.name)
    return [entry.name, ...(entry.isDirectory() ? readFolder(inner) : [readFileSync(inner, 'utf8')])]
  })
}

/** What is printed, which is nothing. */
function spyOnOutput(): { readonly end: () => readonly string[] } {
  const spies = [
    ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name)),
    vi.spyOn(process.stdout, 'write'),
    vi.spyOn(process.stderr, 'write'),
  ]
  return {
    end: () =>
      spies.flatMap((spy) => {
        const calls = spy.mock.calls.map((given) => given.map(String).join(' '))
        spy.mockRestore()
        return calls
      }),
  }
}
