/** Tools that tests use, and what they did. */
import { tool } from 'ai'
import { z } from 'zod'

export const inputSchema = z.object({ path: z.string() })

/** Tools that note what they did. */
export function createTools() {
  const done: string[] = []
  const tools = {
    write: tool({ inputSchema, execute: async ({ path }) => done.push(`write ${path}`) }),
    read: tool({
      inputSchema,
      needsApproval: false,
      execute: async function* ({ path }) {
        yield { text: 'half' }
        done.push(`read ${path}`)
        yield { text: `of ${path}` }
      },
    }),
    careful: tool({
      inputSchema,
      needsApproval: ({ path }) => {
        if (path === 'odd') throw new Error('never seen')
        return path !== 'safe'
      },
      execute: async ({ path }) => done.push(`careful ${path}`),
    }),
    broken: tool({
      inputSchema,
      needsApproval: false,
      execute: async (): Promise<string> => {
        throw new Error('disk full')
      },
    }),
  }
  return { done, tools }
}
