/** The flows of the sources, as they are written in both dialects, run on a scripted engine. */
import { readdirSync, readFileSync } from 'node:fs'
import { createStubEngine, type StubReplies, type StubReply } from '@batonjs/engine-stub'
import { checkJournal, createHandClock } from '@batonjs/testkit'
import { expect } from 'vitest'
import type { DurableEvent } from '../events/swarm-event.ts'
import type { Flow } from '../flow/flow.ts'
import { parseFlow } from '../flow/parse-flow.ts'
import { createOrchestrator } from '../orchestrator/create-orchestrator.ts'
import type { RunRequest, RunResult } from '../orchestrator/options.ts'

/** The seven flows of a dialect. */
export function loadFlows(dialect: 'registry' | 'spec'): readonly Flow[] {
  const folder = new URL(`../../test/flows/${dialect}/`, import.meta.url)
  return readdirSync(folder).map((file) => parseFlow(readFileSync(new URL(file, folder), 'utf8'), { file }))
}

/** What came of a run. */
export interface SourceRun {
  readonly result: RunResult
  readonly events: readonly DurableEvent[]
  /** How often each step ran, by `frame/step`. */
  readonly counts: Readonly<Record<string, number>>
  /** `step: reason → target` of each decision that was more than to go on. */
  readonly choices: readonly string[]
  /** Visits in their order. */
  readonly visits: readonly string[]
}

/** Runs flows of the sources; replies are by step, `otherwise` is what every other step answers. */
export async function runFlows(
  flows: readonly Flow[],
  request: RunRequest,
  replies: Readonly<Record<string, StubReplies>> = {},
  otherwise: StubReply = {},
): Promise<SourceRun> {
  const engine = createStubEngine({ steps: replies, otherwise })
  const clock = createHandClock()
  const checks = { run: async () => ({ exitCode: 0, output: '12 passed' }) }
  const orchestrator = createOrchestrator({ flows, engines: [engine], clock, checks })
  const events: DurableEvent[] = []
  orchestrator.on('*', (event) => void events.push(event))
  const result = await clock.drive(orchestrator.execute(request))
  expect(checkJournal(events)).toEqual([])
  return { result, events, ...tell(events) }
}

function tell(events: readonly DurableEvent[]): Pick<SourceRun, 'counts' | 'choices' | 'visits'> {
  const counts: Record<string, number> = {}
  const choices: string[] = []
  const visits: string[] = []
  for (const event of events) {
    if (event.type === 'flow_start') visits.push(event.frame)
    if (event.type === 'step_start') {
      const place = `${event.frame}/${event.stepId}`
      counts[place] = (counts[place] ?? 0) + 1
    }
    if (event.type === 'routing_decision' && !['linear', 'terminal'].includes(event.reason)) {
      choices.push(`${event.stepId}: ${event.reason} → ${event.target ?? 'end'}`)
    }
  }
  return { counts, choices, visits }
}
