import { execFileSync } from 'node:child_process'
import { createStepContext } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { call, createProgramEngine } from './programs.fixture.ts'

describe('an end', () => {
  it.each([
    ['that Claude takes part in', '[shell'],
    ['that Claude is deaf to', '[deaf'],
  ])(
    '%s leaves no process within 5 seconds, in whatever session',
    async (_, deed) => {
      const tag = `300.${process.pid}${Date.now()}`
      const controller = new AbortController()
      const reason = new Error('stop')
      let abortedAt = 0
      const calling = call(
        createProgramEngine(),
        { prompt: `${deed} ${tag}]`, signal: controller.signal },
        ({ type }) => {
          if (type !== 'token_chunk') return
          expect(sleepers(tag)).toBe(1)
          abortedAt = performance.now()
          controller.abort(reason)
        },
      )
      await expect(calling).rejects.toBe(reason)
      expect(sleepers(tag)).toBe(0)
      expect(performance.now() - abortedAt).toBeLessThan(5_000)
    },
    10_000,
  )

  it('comes to a reader that leaves', async () => {
    const tag = `300.${process.pid}${Date.now()}`
    const generator = createProgramEngine().runStep(createStepContext({ prompt: `[shell ${tag}]` }))
    for (let next = await generator.next(); next.done !== true; next = await generator.next()) {
      if (next.value.type === 'token_chunk') break
    }
    expect(sleepers(tag)).toBe(1)
    await generator.return({ status: 'failed', output: '' })
    expect(sleepers(tag)).toBe(0)
  })

  it('comes to a program that has answered and stays', async () => {
    const { result } = await call(createProgramEngine(), { prompt: '[stay]' })
    expect(result.output).toBe('I stay.')
  }, 15_000)
})

/** How many sleep for that long. */
function sleepers(tag: string): number {
  const all = execFileSync('ps', ['-eo', 'stat=,args=']).toString().split('\n')
  return all.filter((line) => line.trim().endsWith(`sleep ${tag}`) && !line.startsWith('Z')).length
}
