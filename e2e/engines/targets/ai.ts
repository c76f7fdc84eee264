import { writeFile } from 'node:fs/promises'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { startProcess } from '@batonjs/child-process'
import { createAiEngine } from '@batonjs/engine-ai'
import * as ai from 'ai'
import { environmentOf, KEY, type Place } from '../stage/place.ts'
import { missingOf } from './installed.ts'
import type { Target } from './target.ts'

const MODEL = 'loopback-1'

/** The `ai` SDK with an OpenAI-compatible service, and two tools that really do something. */
export const aiSdk: Target = {
  key: 'ai',
  title: 'ai SDK 6.0.326',
  vendor: 'openai',
  missing: () => missingOf('ai', '@ai-sdk/openai-compatible'),
  createEngine: (place) =>
    createAiEngine({
      model: createOpenAICompatible({
        name: 'loopback',
        baseURL: `${place.url}/v1`,
        apiKey: KEY,
        includeUsage: true,
        supportsStructuredOutputs: true,
      })(MODEL),
      tools: toolsIn(place),
      secrets: [KEY],
      ai,
    }),
  writes: (path, content) => ({ name: 'write_file', input: { path, content } }),
  shells: (command) => ({ name: 'shell', input: { command } }),
  isPriced: false,
  hasSessionAtOnce: false,
  continues: true,
  cannot: {},
  kitSkips: {},
  remarks: { text: 'no session before a tool was used: there is nothing to keep' },
}

function toolsIn(place: Place): ai.ToolSet {
  const text = { type: 'string' } as const
  return {
    write_file: ai.tool({
      inputSchema: ai.jsonSchema<{ path: string; content: string }>({
        type: 'object',
        properties: { path: text, content: text },
      }),
      execute: async ({ path, content }) => {
        await writeFile(path, content)
        return 'written'
      },
    }),
    shell: ai.tool({
      inputSchema: ai.jsonSchema<{ command: string }>({ type: 'object', properties: { command: text } }),
      execute: ({ command }, { abortSignal }) => runShell(place, command, abortSignal),
    }),
  }
}

/** A tool that starts something sees to it that nothing of it outlives the call. */
async function runShell(place: Place, command: string, signal: AbortSignal | undefined): Promise<string> {
  const shell = await startProcess({
    command: '/bin/sh',
    args: ['-c', command],
    cwd: place.work,
    env: environmentOf(place),
    input: '',
  })
  signal?.addEventListener('abort', () => void shell.end())
  const lines: string[] = []
  try {
    for await (const line of shell.lines) lines.push(line)
    await shell.exit
  } finally {
    await shell.end()
  }
  return lines.join('\n')
}
