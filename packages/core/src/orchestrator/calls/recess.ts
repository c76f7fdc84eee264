/**
 * My job: the recess of a call while people are asked (rules B2 and H3), from its question to its going on.
 *
 * Invariants:
 * 1. While any of its questions is open a call holds no slot and no timeout runs, whatever it does beside.
 * 2. It takes one slot again, with the last answer. An answer that comes before goes on at once.
 * 3. Nothing goes on while the run is paused (rule S2).
 */
import { definitionOf } from '../../run/state.ts'
import type { Session } from '../session.ts'
import { engineOf } from './engine-choice.ts'
import type { RunningCall } from './running-call.ts'

/** When a call waits for people. */
export interface Recess {
  /** Waits for an answer, and then for its turn to go on. */
  during<T>(answer: () => Promise<T>): Promise<T>
}

/** The recess of a call that has asked nothing yet. */
export function createRecess(session: Session, call: RunningCall): Recess {
  let open = 0
  let retaking: Promise<void> | undefined

  const begin = (): (() => void) => {
    call.timer?.pause()
    call.release()
    call.waits += 1
    session.look()
    return once(() => {
      call.waits -= 1
      call.timer?.resume()
    })
  }
  const retake = async (): Promise<void> => {
    await retakeSlot(session, call)
    // Something else was asked meanwhile.
    if (open > 0) call.release()
  }
  /** The run must be seen not to be paused in the moment in which the call goes on. */
  const goOn = async (end: () => void): Promise<void> => {
    for (;;) {
      await session.gatekeeper.waitWhilePaused(call.signal)
      if (open === 0) {
        retaking ??= retake().finally(() => {
          retaking = undefined
        })
        await retaking
      }
      if (session.state.control !== 'paused') return end()
      call.release()
    }
  }
  return {
    async during(answer) {
      const end = begin()
      open += 1
      try {
        const given = await answer().finally(() => {
          open -= 1
        })
        await goOn(end)
        return given
      } finally {
        end()
      }
    },
  }
}

function once(act: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) act()
    isDone = true
  }
}

async function retakeSlot(session: Session, call: RunningCall): Promise<void> {
  const engine =
    definitionOf(call.execution).kind === 'agent' ? engineOf(session, call.execution).id : undefined
  if (session.slots.isFree(engine)) return
  const counts = (): boolean => session.calls.isCurrent(call) && call.abortion === undefined
  while (counts()) {
    const release = await session.slots.takeAgain(engine)
    if (release === undefined) continue
    if (!counts()) return release()
    call.release = release
    return
  }
}
