import { createStubEngine } from '@batonjs/engine-stub'
import { collect, typesOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepInput } from '../flow/flow.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { codeOf, createProcess, journalOf } from './process.fixture.ts'

const steps: readonly StepInput[] = [{ id: 'a', prompt: 'A' }]

describe('an orchestrator that was disposed', () => {
  it('law 6: begins and resumes nothing any more, and says so before anything is written', async () => {
    const { orchestrator, called } = createProcess(steps)
    await orchestrator.execute({ runId: 'run-1' })
    await orchestrator.dispose()
    expect(await codeOf(orchestrator.execute())).toBe('orchestrator_disposed')
    expect(await codeOf(orchestrator.start())).toBe('orchestrator_disposed')
    expect(await codeOf(collect(orchestrator.executeStream()))).toBe('orchestrator_disposed')
    expect(await codeOf(orchestrator.resume('run-1'))).toBe('orchestrator_disposed')
    expect((await orchestrator.runs()).runs.map(({ runId }) => runId)).toEqual(['run-1'])
    expect(called()).toEqual(['a#1.1'])
  })

  it('law 5: releases engines and storage once, however often it is told', async () => {
    const order: string[] = []
    const { orchestrator } = createProcess(steps, {
      engines: [{ ...createStubEngine(), dispose: async () => void order.push('engine') }],
      storage: { ...createMemoryStorage(), dispose: async () => void order.push('storage') },
    })
    await Promise.all([orchestrator.dispose(), orchestrator.dispose()])
    await orchestrator.dispose()
    expect(order).toEqual(['engine', 'storage'])
  })

  it('S1: stops a run that was about to begin, before its storage is released', async () => {
    const memory = createMemoryStorage()
    const order: string[] = []
    let letIn = (): void => {}
    const opened = new Promise<void>((resolve) => {
      letIn = resolve
    })
    const { orchestrator, called } = createProcess(steps, {
      storage: {
        ...memory,
        async createRun(...given) {
          await opened
          order.push('created')
          return await memory.createRun(...given)
        },
        dispose: async () => void order.push('released'),
      },
    })
    const running = orchestrator.execute({ runId: 'run-1' })
    const disposed = orchestrator.dispose()
    letIn()
    expect(await running).toMatchObject({ status: 'stopped' })
    await disposed
    expect(order).toEqual(['created', 'released'])
    expect(called()).toEqual([])
    expect(typesOf(await journalOf(memory, 'run-1'))).toContain('run_stopped')
  })
})
