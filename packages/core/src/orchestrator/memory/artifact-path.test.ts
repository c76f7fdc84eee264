import { describe, expect, it } from 'vitest'
import { checkArtifactPath, checkRunId } from './artifact-path.ts'

const badNames = [
  ['empty', ''],
  ['the parent folder', '..'],
  ['this folder', '.'],
  ['a hidden file', '.ssh'],
  ['a NUL', 'a\0b'],
  ['a new line', 'a\n'],
  ['a backslash', 'a\\b'],
  ['a colon', 'a:b'],
  ['a blank', 'a b'],
  ['300 characters', 'a'.repeat(300)],
  ['129 characters', 'a'.repeat(129)],
  ['a Windows device', 'CON'],
  ['a Windows device with an extension', 'com1.txt'],
  ['a trailing dot', 'report.'],
  ['a Cyrillic look-alike', 'r\u0435port'],
  ['a full-width letter', '\uff41'],
  ['an accent', 'caf\u00e9'],
] as const

describe('checkRunId', () => {
  it('law 6: shows what is no text as it is', () => {
    const missing: unknown = undefined // What JavaScript may give.
    expect(() => checkRunId(missing as string)).toThrow('Run id undefined is refused: a name is 1 to 128 of')
  })

  it.each(['run-20260102-030405-abc123', 'a', '0', 'A.b_c-d', 'console', 'a'.repeat(128)])(
    'J5: lets "%s" through',
    (id) => expect(() => checkRunId(id)).not.toThrow(),
  )

  it.each([...badNames, ['a slash', 'a/b'] as const, ['a visit', 'build#2'] as const])(
    'J5: refuses %s',
    (_, id) => {
      expect(() => checkRunId(id)).toThrow(expect.objectContaining({ code: 'path_refused' }))
    },
  )

  it('J5: refuses what is no string', () => {
    expect(() => Reflect.apply(checkRunId, undefined, [{ toString: () => 'run' }])).toThrow(/Run id/)
  })
})

describe('checkArtifactPath', () => {
  it.each([
    'report.md',
    'build/llm/plan-author-stub.jsonl',
    'build#2/handoff/plan.json',
    'build/meta.json',
    'a..b',
  ])('J5: lets "%s" through', (path) => expect(() => checkArtifactPath(path)).not.toThrow())

  it.each(badNames)('J5: refuses %s in every place', (_, name) => {
    for (const path of [name, `${name}/a`, `a/${name}`, `a/${name}/b`, `${name}#2`]) {
      expect(() => checkArtifactPath(path)).toThrow(expect.objectContaining({ code: 'path_refused' }))
    }
  })

  it.each([
    '../x',
    'a/../../x',
    '/etc/passwd',
    'a//b',
    'a/',
    'C:/x',
    'a/b#2',
    'build#',
    'build#x',
    'build#2#3',
  ])('J5: refuses "%s"', (path) => expect(() => checkArtifactPath(path)).toThrow(/refused/))

  it.each(['events.jsonl', 'Events.JSONL', 'spec.json', 'meta.json', 'inbox', 'INBOX/1.json', 'lock.1'])(
    'J5: keeps "%s" for the storage',
    (path) => expect(() => checkArtifactPath(path)).toThrow(/kept for the storage/),
  )

  it('J5: refuses a path of more than 1,000 characters', () => {
    expect(() => checkArtifactPath(`${'a/'.repeat(500)}a`)).toThrow(/1000 characters/)
  })

  it('names the refused path, clipped', () => {
    expect(() => checkArtifactPath('../x')).toThrow('Artifact path "../x" is refused')
    expect(() => checkArtifactPath(`${'\0'.repeat(5_000)}`)).toThrow(/^.{0,1500}$/s)
  })
})
