/** Several real engines in one flow, and one that stands in for another that is not there. */
import { createOrchestrator, defineFlow } from '@batonjs/core'
import { createAcpEngine } from '@batonjs/engine-acp'
import { createFsStorage } from '@batonjs/storage-fs'
import { allOf, collect } from '@batonjs/testkit'
import { says, startVendorServer } from '@batonjs/vendor-server'
import { describe, expect, it } from 'vitest'
import { environmentOf, KEY, makePlace, removePlace } from './stage/place.ts'
import { aiSdk } from './targets/ai.ts'
import { claudeCli } from './targets/claude-cli.ts'
import { geminiAcp } from './targets/gemini-acp.ts'

const flow = defineFlow({
  key: 'mixed',
  steps: [
    { id: 'plan', prompt: 'Plan it.', engine: 'claude' },
    { id: 'judge', prompt: 'Judge the plan: $plan.output', engine: 'gemini' },
    { id: 'sum', prompt: 'Sum it up: $judge.output', engine: 'missing' },
  ],
})

describe('several engines in one flow', () => {
  const missing = claudeCli.missing() ?? geminiAcp.missing() ?? aiSdk.missing()

  it.skipIf(missing !== undefined)(
    'each step has its own, and one that is not there is stood in for, as the receipts say',
    async () => {
      const server = await startVendorServer({
        keys: [KEY],
        script: ({ vendor }) => says(`Said by way of ${vendor}.`),
      })
      const place = await makePlace(server.url)
      const gone = createAcpEngine({ id: 'missing', command: 'no-such-agent', env: environmentOf(place) })
      const storage = createFsStorage({ folder: place.runs })
      const orchestrator = createOrchestrator({
        flows: [flow],
        engines: [
          claudeCli.createEngine(place),
          geminiAcp.createEngine(place),
          aiSdk.createEngine(place),
          gone,
        ],
        fallbacks: { missing: [{ engine: 'ai' }] },
        storage,
        workspace: place.work,
      })
      try {
        const { runId, status, outputs } = await orchestrator.execute()
        expect(status).toBe('succeeded')
        expect(outputs).toEqual({
          plan: 'Said by way of anthropic.',
          judge: 'Said by way of gemini.',
          sum: 'Said by way of openai.',
        })
        const events = await collect(storage.readEvents(runId))
        expect(allOf(events, 'step_start').map(({ engine }) => engine)).toEqual([
          'claude',
          'gemini',
          'missing',
          'ai',
        ])
        const receipt = async (name: string) =>
          JSON.parse((await storage.artifacts(runId).get(`mixed/receipts/${name}.json`)) ?? '')
        expect(await receipt('sum-agent.1.1')).toMatchObject({
          engine: 'missing',
          status: 'failed',
          error: { code: 'engine_unavailable' },
        })
        expect(await receipt('sum-agent')).toMatchObject({ engine: 'ai', status: 'succeeded', attempt: 2 })
        expect(await receipt('plan-agent')).toMatchObject({
          engine: 'claude',
          engine_version: '2.1.329',
          mode: 'cli',
        })
      } finally {
        await orchestrator.dispose()
        await server.close()
        await removePlace(place)
      }
    },
  )
})
