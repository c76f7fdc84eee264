import { describe, expect, it } from 'vitest'
import { SwarmError } from '../errors/swarm-error.ts'
import { checkOptions, checkRequest } from './check-input.ts'
import type { MembersOf } from './shape.ts'

interface Options {
  readonly folder: string
  readonly sync?: 'disk' | 'os'
  readonly drainMs?: number
  readonly engines?: readonly { readonly id: string; readonly run: () => void }[]
  readonly slots?: { readonly perRun?: number }
  readonly signal?: AbortSignal
  readonly watch?: boolean
  readonly clock?: object
}

const shapes: MembersOf<Options> = {
  folder: 'text',
  'sync?': { oneOf: ['disk', 'os'] },
  'drainMs?': 'milliseconds',
  'engines?': {
    listOf: { open: true, wanted: 'an engine', members: { id: 'text', run: 'function' } },
    least: 1,
    distinct: 'id',
  },
  'slots?': { members: { 'perRun?': 'count' } },
  'signal?': 'signal',
  'watch?': 'flag',
  'clock?': { open: true, members: { now: 'function' } },
}

/** Checks what JavaScript may hand over. */
function check(options: unknown): void {
  checkOptions('createThing', options as Options, shapes) // The types would refuse it first.
}

describe('checkOptions', () => {
  const run = (): void => {}
  /** A class as an adapter may have it. */
  class Engine {
    readonly #calls: number[] = []
    readonly id = 'a'
    run(): void {
      this.#calls.push(1)
    }
  }

  it.each<[string, object]>([
    ['what is needed', { folder: './runs' }],
    [
      'what is undefined, also by a name that is unknown',
      { folder: './runs', sync: undefined, sink: undefined },
    ],
    ['an object without a prototype', Object.assign(Object.create(null), { folder: './runs' })],
    [
      'instances of a class, and more than a port needs',
      { folder: 'a', engines: [new Engine(), { id: 'b', run, x: 1 }] },
    ],
    ['a signal by what is used of it', { folder: 'a', signal: AbortSignal.abort() }],
    ['a zero, and a time that is no whole number', { folder: 'a', drainMs: 0.5, slots: {} }],
  ])('law 6: takes %s', (_, options) => {
    expect(() => check(options)).not.toThrow()
  })

  it.each<[unknown, string]>([
    [null, 'options is null, but must be an object { folder, sync?, drainMs?, engines?, … }.'],
    ['./runs', 'options is "./runs", but must be an object { folder, sync?, drainMs?, engines?, … }.'],
    [
      new Map(),
      'options is an instance of Map, but must be an object { folder, sync?, drainMs?, engines?, … }.',
    ],
    [{}, 'options.folder is missing. It must be a text that is not blank.'],
    [{ folder: ' ' }, 'options.folder is " ", but must be a text that is not blank.'],
    [{ folder: 'a', snyc: 'os' }, 'options.snyc is unknown. Did you mean "sync"?'],
    [
      { folder: 'a', toString: 1 },
      'options.toString is unknown. Known are folder, sync, drainMs, engines, slots, signal, watch, clock.',
    ],
    [
      { folder: 'a', sync: 'dsik' },
      'options.sync is "dsik", but must be "disk" or "os". Did you mean "disk"?',
    ],
    [{ folder: 'a', sync: null }, 'options.sync is null, but must be "disk" or "os".'],
    [
      { folder: 'a', drainMs: -1 },
      'options.drainMs is -1, but must be a number of milliseconds of at least 0.',
    ],
    [
      { folder: 'a', drainMs: Number.NaN },
      'options.drainMs is NaN, but must be a number of milliseconds of at least 0.',
    ],
    [
      { folder: 'a', engines: new Engine() },
      'options.engines is an instance of Engine, but must be a list of at least 1.',
    ],
    [{ folder: 'a', engines: [] }, 'options.engines is [], but must be a list of at least 1.'],
    [{ folder: 'a', engines: [run] }, 'options.engines[0] is a function, but must be an engine.'],
    [{ folder: 'a', engines: [{ id: 'a' }] }, 'options.engines[0].run is missing. It must be a function.'],
    [
      { folder: 'a', engines: [new Engine(), new Engine()] },
      'options.engines[1].id is "a", which options.engines[0] has too. Give each its own.',
    ],
    [{ folder: 'a', slots: { perrun: 1 } }, 'options.slots.perrun is unknown. Did you mean "perRun"?'],
    [
      { folder: 'a', slots: { perRun: 0 } },
      'options.slots.perRun is 0, but must be a whole number of at least 1.',
    ],
    [
      { folder: 'a', signal: new AbortController() },
      'options.signal is an instance of AbortController, but must be an AbortSignal, as controller.signal is.',
    ],
    [
      { folder: 'a', signal: new EventTarget() },
      'options.signal is an instance of EventTarget, but must be an AbortSignal, as controller.signal is.',
    ],
    [{ folder: 'a', watch: 'no' }, 'options.watch is "no", but must be true or false.'],
    [{ folder: 'a', clock: Date }, 'options.clock is a function, but must be an object { now }.'],
  ])('law 6: refuses %j and says where, what is there and what must be', (options, message) => {
    expect(() => check(options)).toThrow(
      expect.objectContaining({
        name: 'FlowError',
        code: 'options_invalid',
        message: `createThing: ${message}`,
      }),
    )
  })

  it('law 6: tells everything that is wrong at once, a line each, and as details', () => {
    const options = { fodler: './runs', drainMs: 'x', slots: [] }
    const thrown = thrownBy(() => check(options))
    expect(thrown.message.split('\n')).toEqual([
      'createThing: options.fodler is unknown. Did you mean "folder"?',
      'createThing: options.folder is missing. It must be a text that is not blank.',
      'createThing: options.drainMs is "x", but must be a number of milliseconds of at least 0.',
      'createThing: options.slots is [], but must be an object { perRun? }.',
    ])
    expect(thrown.details).toMatchObject([
      { path: 'options.fodler', message: 'options.fodler is unknown. Did you mean "folder"?' },
      { path: 'options.folder' },
      { path: 'options.drainMs' },
      { path: 'options.slots' },
    ])
  })

  it('law 6: a list with a million faults is told by the first of them', () => {
    const options = { folder: 'a', engines: new Array(1_000_000).fill(1) }
    const thrown = thrownBy(() => check(options))
    expect(thrown.details).toHaveLength(20)
  })
})

describe('checkRequest', () => {
  it('law 6: names the arguments of a call', () => {
    const checkOn = (type: string, watcher: (() => void) | null): void =>
      checkRequest(
        'on',
        { type, watcher },
        {
          type: { oneOf: ['step_end', 'step_start'], wanted: 'the type of an event' },
          watcher: 'function',
        },
      )
    expect(() => checkOn('step_ended', null)).toThrow(
      expect.objectContaining({
        code: 'request_invalid',
        message:
          'on: type is "step_ended", but must be the type of an event. Did you mean "step_end"?\non: watcher is null, but must be a function.',
      }),
    )
  })
})

function thrownBy(act: () => void): SwarmError {
  try {
    act()
  } catch (thrown) {
    if (SwarmError.is(thrown)) return thrown
    throw thrown
  }
  throw new Error('Nothing was thrown')
}
