/** A state as plain data that can be compared: all of it but what is due, which a refold finds anew. */

import { formatAddress } from '../../src/run/address.ts'
import type { Balance } from '../../src/run/budget.ts'
import { stepScope } from '../../src/run/drafts.ts'
import type { Execution, FrameState, RunState, StepState } from '../../src/run/state.ts'

/** The canonical description of a state. */
export function describeState(state: RunState): unknown {
  const { agenda, manifest, flows, frames, requests, open, calls, facts, ...rest } = state
  const { journey, visits, inputs, balance, quotas, ...plain } = rest
  return {
    ...plain,
    manifest,
    flows: [...flows.values()].map(({ key, digest }) => [key, digest]),
    visits: [...visits],
    inputs: [...inputs],
    balance: describeBalance(balance),
    quotas: [...quotas],
    facts: [...facts],
    journey: {
      ...journey,
      frame: journey.frame?.id,
      visited: [...journey.visited],
      outcomes: [...journey.outcomes],
    },
    frames: [...frames.values()].map(describeFrame),
    requests: [...requests.values()].map(({ execution, ...request }) => ({
      ...request,
      execution: addressOf(execution),
    })),
    open: [...open.keys()],
    calls: [...calls].map(addressOf).sort(),
  }
}

function describeFrame(frame: FrameState): unknown {
  const { graph, steps, decided, loops, waitingRearms, spilled, balance, ...plain } = frame
  return {
    ...plain,
    balance: describeBalance(balance),
    digest: graph.definition.digest,
    decided: [...decided],
    loops: [...loops].sort(),
    spilled: [...spilled].map(({ place }) => place.id).sort(),
    steps: steps.map(describeStep),
  }
}

function describeStep(step: StepState): unknown {
  const { place, map, gateVerdict, verification, taken, heldUp, winner, edges } = step
  return {
    ...describeExecution(step),
    id: place.id,
    gateVerdict,
    verification,
    taken,
    heldUp,
    winner,
    edges,
    map:
      map === undefined
        ? undefined
        : { ...map, executions: map.executions.map(describeExecution), byKey: [...map.byKey.keys()] },
  }
}

function describeExecution(execution: Execution): object {
  const { frame, requests, child, balance, scope: _scope, start: _start, ...plain } = execution
  const { step, ...own } = plain
  return {
    ...own,
    balance: describeBalance(balance),
    frame: frame.id,
    step: step.place.id,
    requests: requests.map(({ requestId }) => requestId),
    child: child?.id,
  }
}

/** What is gone; a balance that nothing was taken from is made when somebody first looks at it. */
function describeBalance(balance: Balance | undefined): object | undefined {
  if (balance === undefined) return undefined
  const { spent, reserved } = balance
  const isWhole = [spent, reserved].every(({ costUsd, tokens }) => costUsd === 0 && tokens === 0)
  return isWhole ? undefined : { spent, reserved }
}

function addressOf(execution: Execution): string {
  return formatAddress(stepScope(execution))
}
