import { describe, expect, it } from 'vitest'
import { createWriteBehind } from './write-behind.ts'

/** Lets everything that waits for nothing go on. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 5))

function createLog(isOwner = async () => true) {
  const written: string[] = []
  const failures: unknown[] = []
  const behind = createWriteBehind(isOwner, (thrown) => failures.push(thrown))
  const add = (subject: object, text: string) => behind.add(subject, async () => void written.push(text))
  return { written, failures, behind, add }
}

describe('writes behind the run', () => {
  it('begin at once with the first: what cannot be written is known while the run goes on', async () => {
    const { behind, failures } = createLog()
    behind.add({}, () => Promise.reject(new Error('no room')))
    await Promise.resolve()
    await Promise.resolve()
    expect(failures).toMatchObject([{ message: 'no room' }])
  })

  it('wait until the run does, and take the place of those about the same subject', async () => {
    const { add, written } = createLog()
    const attempt = {}
    add({}, 'first')
    await turn()
    add(attempt, 'ended')
    add({}, 'another')
    await Promise.resolve()
    add(attempt, 'routed')
    expect(written).toEqual(['first'])
    await turn()
    expect(written).toEqual(['first', 'routed', 'another'])
  })

  it('do not wait when they are many', async () => {
    const { add, written } = createLog()
    const microtasks = async () => {
      for (let n = 0; n < 300; n += 1) await Promise.resolve()
    }
    add({}, 'first')
    await microtasks()
    for (let n = 0; n < 63; n += 1) add({}, String(n))
    await microtasks()
    expect(written).toEqual(['first'])
    add({}, 'last')
    await microtasks()
    expect(written).toHaveLength(65)
  })

  it('are all done when it settles, those too that come meanwhile and those after one that fails', async () => {
    const { behind, add, written, failures } = createLog()
    await behind.settle()
    behind.add({}, async () => {
      await turn()
      add({}, 'meanwhile')
      throw new Error('broken')
    })
    add({}, 'next')
    await behind.settle()
    expect(written).toEqual(['next', 'meanwhile'])
    expect(failures).toHaveLength(1)
  })

  it.each([
    ['was taken over', async () => false],
    ['cannot be looked at', () => Promise.reject(new Error('gone'))],
  ])('S7: are dropped when the run %s', async (_, isOwner) => {
    const { add, behind, written, failures } = createLog(isOwner)
    add({}, 'first')
    await turn()
    add({}, 'old')
    await turn()
    add({}, 'older')
    await behind.settle()
    expect([written, failures]).toEqual([['first'], []])
  })
})
