import { allOf, createHandClock } from '@batonjs/testkit'
import { describe, expect, it, vi } from 'vitest'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { approve, DAY, gate, requestOf } from './people.fixture.ts'
import { createProcess, journalOf } from './process.fixture.ts'

describe('onRequest and resumes', () => {
  it('H2: one that replies after a stop is heard by the resume, with the time at which it replied', async () => {
    const storage = createMemoryStorage()
    const clock = createHandClock()
    const steps = gate({ deadlineMs: 3 * DAY })
    const stop = new AbortController()
    let reply = (_: { readonly answer: typeof approve }): void => {}
    const first = createProcess(steps, { storage, clock }).orchestrator
    const { runId, status } = await first.execute({
      signal: stop.signal,
      onRequest() {
        stop.abort()
        return new Promise((resolve) => {
          reply = resolve
        })
      },
    })
    expect(status).toBe('stopped')
    await clock.advance(2 * DAY)
    reply({ answer: approve })
    await clock.advance(2 * DAY)
    const onRequest = (): never => {
      throw new Error('It has been answered')
    }
    const { orchestrator } = createProcess(steps, { storage, clock })
    expect(await orchestrator.resume(runId, { onRequest })).toMatchObject({ status: 'succeeded' })
    expect(allOf(await journalOf(storage, runId), 'diagnostic')).toEqual([])
  })

  it('fault 39: one that replies with a secret after a stop is not heard, and the resume asks again', async () => {
    const storage = createMemoryStorage()
    const secrets = ['sk-live-0123456789']
    const stop = new AbortController()
    let reply = (_: { readonly answer: typeof approve }): void => {}
    const first = createProcess(gate(), { storage, secrets })
    const { runId } = await first.orchestrator.execute({
      signal: stop.signal,
      onRequest() {
        stop.abort()
        return new Promise((resolve) => {
          reply = resolve
        })
      },
    })
    const submitted = vi.spyOn(storage, 'submit')
    const answer = { ...approve, comment: `take ${secrets}` }
    reply({ answer })
    await first.clock.advance(DAY)
    expect(submitted).not.toHaveBeenCalled()
    const { orchestrator } = createProcess(gate(), { storage, secrets })
    const result = await orchestrator.resume(runId, { onRequest: () => ({ answer: approve }) })
    expect(result).toMatchObject({ status: 'succeeded' })
  })

  it('H2: a resume hears the host again of whom an earlier answer was refused', async () => {
    const storage = createMemoryStorage()
    const first = createProcess(gate(), { storage }).orchestrator
    const { runId } = await first.execute({ onRequest: () => ({ answer: { answers: {} } }) })
    const { orchestrator } = createProcess(gate(), { storage })
    const result = await orchestrator.resume(runId, { onRequest: () => ({ answer: approve }) })
    expect(result).toMatchObject({ status: 'succeeded' })
  })
})

describe('answers of one moment', () => {
  const gates = ['one', 'two'].map((id) => ({ id, kind: 'approval', prompt: id, needs: [] }) as const)

  it('J2: are inputs of their own, though the clock stands and chance repeats itself', async () => {
    const { orchestrator } = createProcess(gates, { random: () => 0.5 })
    const answered = await orchestrator.execute({ runId: 'run-1', onRequest: () => ({ answer: approve }) })
    expect(answered).toMatchObject({ status: 'succeeded' })
    const run = await orchestrator.start({ runId: 'run-2' })
    const { requestId } = await requestOf(run)
    const wrong = run.respond(requestId, { answers: {} })
    const right = run.respond(requestId, approve)
    expect(await wrong).toMatchObject({ accepted: false, reason: 'invalid' })
    expect(await right).toMatchObject({ accepted: true })
    await run.cancel()
  })
})
