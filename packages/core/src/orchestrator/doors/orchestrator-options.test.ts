import { createStubEngine } from '@batonjs/engine-stub'
import { createHandClock } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { defineFlow } from '../../flow/define-flow.ts'
import { createOrchestrator } from '../create-orchestrator.ts'
import { createMemoryStorage } from '../memory/memory-storage.ts'
import type { OrchestratorOptions } from '../options.ts'

const flow = defineFlow({ key: 'main', steps: [{ id: 'a', prompt: 'A' }] })
const stub = createStubEngine()
const engines = [stub]

/** Makes one of what JavaScript may hand over. */
function make(options: unknown): void {
  createOrchestrator(options as OrchestratorOptions) // The types would refuse it first.
}

describe('what an orchestrator is made of', () => {
  /** Its members are the prototype's, as those of an instance of a class are. */
  const other = Object.create({ ...stub, id: 'other' })

  it.each<[string, unknown]>([
    ['nothing', {}],
    [
      'options that are undefined',
      { flows: undefined, engines: undefined, storage: undefined, engine: undefined },
    ],
    ['an engine that is an instance of a class', { engines: [stub, other], engine: 'other' }],
    [
      'every option',
      {
        flows: [flow],
        engines,
        storage: createMemoryStorage(),
        engine: 'stub',
        checks: { run: async () => ({ exitCode: 0, output: '' }) },
        slots: { perRun: 2, perEngine: { stub: 1 }, rates: { stub: { calls: 1, perMs: 100 } } },
        retry: { maxRetries: 0, delayMs: 0, maxDelayMs: 0 },
        sync: 'os',
        drainMs: 0,
        graceMs: 0,
        workspace: '.',
        owner: 'a host',
        clock: createHandClock(),
        random: Math.random,
      },
    ],
  ])('law 6: can be %s', (_, options) => {
    expect(() => make(options)).not.toThrow()
  })

  it.each<[unknown, string]>([
    [undefined, 'options is missing. It must be an object { flows?, engines?, storage?, engine?, … }.'],
    [null, 'options is null, but must be an object { flows?, engines?, storage?, engine?, … }.'],
    [{ flow: [flow] }, 'options.flow is unknown. Did you mean "flows"?'],
    [{ flows: flow }, 'options.flows is an object, but must be a list.'],
    [
      { flows: [{ key: 'main', steps: [{ id: 'a', prompt: 'A' }] }] },
      'options.flows[0] is an object, but must be a flow, as defineFlow or parseFlow makes it.',
    ],
    [{ engines: stub }, 'options.engines is an object, but must be a list.'],
    [
      { engines: [createStubEngine] },
      'options.engines[0] is a function, but must be an engine, as createStubEngine() makes it.',
    ],
    [
      { engines: [{ ...stub, specVersion: 2 }] },
      'options.engines[0].specVersion is 2, but must be 1, the version of the port that this Baton knows.',
    ],
    [
      { engines: [{ ...stub, id: 'My Engine/../x' }] },
      'options.engines[0].id is "My Engine/../x", but must be in kebab-case, such as "claude-step".',
    ],
    [{ engines: [{ ...stub, runStep: 'x' }] }, 'options.engines[0].runStep is "x", but must be a function.'],
    [
      { engines: [stub, { ...stub }] },
      'options.engines[1].id is "stub", which options.engines[0] has too. Give each its own.',
    ],
    [{ engines, engine: 'stbu' }, 'options.engine is "stbu", but must be "stub". Did you mean "stub"?'],
    [{ engine: 'stub' }, 'options.engine is "stub", but must be the id of one of the engines.'],
    [
      { storage: './runs' },
      'options.storage is "./runs", but must be a storage, as createMemoryStorage() or createFsStorage({ folder }) makes it.',
    ],
    [
      { storage: { ...createMemoryStorage(), submit: undefined } },
      'options.storage.submit is missing. It must be a function.',
    ],
    [{ checks: { exec: () => {} } }, 'options.checks.run is missing. It must be a function.'],
    [{ slots: { perRun: 0 } }, 'options.slots.perRun is 0, but must be a whole number of at least 1.'],
    [{ slots: { perrun: 1 } }, 'options.slots.perrun is unknown. Did you mean "perRun"?'],
    [
      { engines, slots: { perEngine: { claude: 1 } } },
      'options.slots.perEngine.claude is unknown. Known are stub.',
    ],
    [
      { engines, slots: { rates: { stub: { calls: 1, perMs: 0 } } } },
      'options.slots.rates.stub.perMs is 0, but must be a whole number of at least 1.',
    ],
    [
      { retry: { retries: 3 } },
      'options.retry.retries is unknown. Known are maxRetries, delayMs, maxDelayMs.',
    ],
    [{ sync: true }, 'options.sync is true, but must be "disk" or "os".'],
    [{ drainMs: 'x' }, 'options.drainMs is "x", but must be a number of milliseconds of at least 0.'],
    [{ graceMs: -1 }, 'options.graceMs is -1, but must be a number of milliseconds of at least 0.'],
    [{ workspace: '' }, 'options.workspace is "", but must be a text that is not blank.'],
    [{ clock: Date }, 'options.clock is a function, but must be an object { now, monotonic, setTimer }.'],
    [{ random: 4 }, 'options.random is 4, but must be a function.'],
  ])('law 6: is refused as %j, with what must be', (options, message) => {
    expect(() => make(options)).toThrow(
      expect.objectContaining({ code: 'options_invalid', message: `createOrchestrator: ${message}` }),
    )
  })

  it('law 6: an empty object is told all that makes it an engine', () => {
    expect(() => make({ engines: [{}] })).toThrow(
      [
        'createOrchestrator: options.engines[0].specVersion is missing. It must be 1, the version of the port that this Baton knows.',
        'createOrchestrator: options.engines[0].id is missing. It must be in kebab-case, such as "claude-step".',
        'createOrchestrator: options.engines[0].runStep is missing. It must be a function.',
      ].join('\n'),
    )
  })
})
