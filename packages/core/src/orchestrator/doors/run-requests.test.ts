import { describe, expect, it } from 'vitest'
import { SwarmError } from '../../errors/swarm-error.ts'
import type { Run } from '../options.ts'
import { createProcess, journalOf } from '../process.fixture.ts'

const gate = createProcess([{ id: 'gate', kind: 'approval', prompt: 'Go?' }])
const { runId } = await gate.orchestrator.execute()
const run = gate.orchestrator.open(runId)

type Door = 'events' | 'respond' | 'pause' | 'continue' | 'stop' | 'cancel'

/** What a door of the handle throws: its code and its message. */
async function refusalOf(door: Door, ...given: readonly unknown[]): Promise<readonly string[]> {
  try {
    const answer: ReturnType<Run[Door]> = Reflect.apply(run[door], run, given)
    await ('next' in answer ? answer.next() : answer)
  } catch (thrown) {
    if (SwarmError.is(thrown)) return [thrown.code, thrown.message]
    throw thrown
  }
  throw new Error('It was not refused')
}

describe('what is asked of a run', () => {
  it.each<[Door, readonly unknown[], string]>([
    ['events', [{ fromseq: 3 }], 'options.fromseq is unknown. Did you mean "fromSeq"?'],
    ['events', [{ fromSeq: '3' }], 'options.fromSeq is "3", but must be a whole number of at least 0.'],
    ['events', [7], 'options is 7, but must be an object { fromSeq?, follow?, signal? }.'],
    ['respond', [5, {}], 'requestId is 5, but must be a text that is not blank.'],
    ['respond', ['req-1', { approved: true }, 'ada'], 'options is "ada", but must be an object { by? }.'],
    [
      'respond',
      ['req-1', { approved: true }, { by: '' }],
      'options.by is "", but must be a text that is not blank, and none of "policy", "deadline" and "run", which are Baton\'s own.',
    ],
    [
      'respond',
      ['req-1'],
      'answer is missing. It must be { approved }, { answers } or { payload }, by what was asked.',
    ],
    ['pause', [{ resaon: 'lunch' }], 'options.resaon is unknown. Did you mean "reason"?'],
    ['continue', ['ada'], 'options is "ada", but must be an object { by?, reason? }.'],
    ['stop', [{ reason: 5 }], 'options.reason is 5, but must be a text.'],
    ['cancel', [null], 'options is null, but must be an object { by?, reason? }.'],
  ])('law 6: %s is refused for %j, and nothing is recorded', async (door, given, message) => {
    const before = await journalOf(gate.storage, runId)
    expect(await refusalOf(door, ...given)).toEqual(['request_invalid', `run.${door}: ${message}`])
    expect(await journalOf(gate.storage, runId)).toEqual(before)
  })

  it('fault 24: an answer that is no JSON is told where', async () => {
    expect(await refusalOf('respond', 'req-1', { answers: { since: new Date(0) } })).toEqual([
      'not_serializable',
      'What is recorded must survive JSON, but answer.answers.since is an instance of Date. Give plain objects, arrays, strings, finite numbers, booleans or null.',
    ])
  })
})
