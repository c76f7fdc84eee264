import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { bundleNeutral, runInBareWorker } from './bare-worker.ts'

const entry = fileURLToPath(new URL('packed-install/worker.ts', import.meta.url))

describe('core without Node', () => {
  it('bundles for a neutral platform and runs a flow in a bare worker', async () => {
    const bundle = await bundleNeutral(entry, { conditions: ['@batonjs/source'] })
    expect(await runInBareWorker(bundle)).toBe('succeeded: measured')
  })
})
