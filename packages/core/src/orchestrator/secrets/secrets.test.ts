import { describe, expect, it } from 'vitest'
import type { StepEngine } from '../../engine/engine.ts'
import { Secrets } from './secrets.ts'

/** An engine of which nothing is used but what it declares. */
function engineWith(declared: () => unknown): StepEngine {
  const engine = { specVersion: 1, id: 'keyed' }
  // Only `secrets` is looked at, and an engine may give anything.
  return Object.defineProperty(engine, 'secrets', { get: declared }) as unknown as StepEngine
}

describe('declared secrets (fault 39)', () => {
  it('fault 39: a key that an engine learns late is one from then on, and stays one when it gets another', () => {
    let keys: readonly string[] = []
    const secrets = new Secrets(['host-secret'], [engineWith(() => keys)])
    const said = 'host-secret old-engine-key new-engine-key'
    expect(secrets.text(said)).toBe('[secret] old-engine-key new-engine-key')
    keys = ['old-engine-key']
    expect(secrets.text(said)).toBe('[secret] [secret] new-engine-key')
    keys = ['new-engine-key']
    expect(secrets.text(said)).toBe('[secret] [secret] [secret]')
  })

  it('fault 39: nothing is made, and everything handed through, where nothing is declared', () => {
    const secrets = new Secrets([], [engineWith(() => undefined)])
    const value = { text: 'anything' }
    expect(secrets.redactor).toBeUndefined()
    expect(secrets.copy(value)).toBe(value)
    expect(secrets.holds(value)).toBe(false)
  })

  it('fault 39: one of digits is in a number too, wherever that lies', () => {
    const secrets = new Secrets(['4929123456781234'])
    expect(secrets.holds({ deep: [{ card: 4929123456781234 }] })).toBe(true)
    expect(secrets.holds(4929123456781234n)).toBe(true)
    expect(secrets.holds([4929, 1.5, Number.NaN])).toBe(false)
  })

  it.each<[string, () => unknown]>([
    ['throws', () => expect.fail('no')],
    ['gives no list', () => 'engine-key'],
    ['gives what is no text', () => [7, null, ['engine-key']]],
    ['gives what is too short to be told from a word', () => ['', 'dummy']],
  ])('law 5: an engine that %s declares nothing, and harms nobody', (_, declared) => {
    const secrets = new Secrets(['host-secret'], [engineWith(declared)])
    expect(secrets.text('engine-key, dummy and host-secret')).toBe('engine-key, dummy and [secret]')
  })

  it('fault 39: an error has none in its name, its code, its message and those of its causes, and is cut after that', () => {
    const secrets = new Secrets(['host-secret'])
    const cause = Object.assign(new Error(`${'x'.repeat(490)}host-secret`), { code: 'host-secret' })
    const thrown = Object.assign(new Error(`${'y'.repeat(1_400)}host-secret`, { cause }), {
      name: `${'n'.repeat(95)}host-secret`,
      code: 'no host-secret',
    })
    const error = secrets.plainError(thrown)
    expect(error).toMatchObject({ name: `${'n'.repeat(95)}[secr`, code: 'no [secret]' })
    expect(JSON.stringify(error)).not.toMatch(/host-s|-secret/)
    expect(secrets.plainError('host-secret').message).toBe('[secret]')
  })
})
