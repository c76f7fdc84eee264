import { defineFlow, type Flow } from '@batonjs/core'

const output = 'x'.repeat(200)
const step = async (): Promise<string> => output

/** W1: steps one after the other. */
export function chain(length: number): Flow {
  return defineFlow({
    key: 'chain',
    steps: Array.from({ length }, (_, index) => ({ id: `s${index}`, kind: 'function' as const, run: step })),
  })
}

/** W1d: the same with agent steps. */
export function agentChain(length: number): Flow {
  return defineFlow({
    key: 'chain',
    steps: Array.from({ length }, (_, index) => ({ id: `s${index}`, prompt: 'Do the next thing.' })),
  })
}

/** W2: parallel branches and a join. */
export function fan(width: number): Flow {
  const branches = Array.from({ length: width }, (_, index) => `s${index}`)
  return defineFlow({
    key: 'fan',
    steps: [
      ...branches.map((id) => ({ id, kind: 'function' as const, needs: [], run: step })),
      { id: 'join', kind: 'function', needs: branches, run: step },
    ],
  })
}

/** What every benchmarked step gives. */
export { output }
