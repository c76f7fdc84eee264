import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Interface, readInterfaces, readUnion } from './docs/interfaces.ts'
import { sectionsOf } from './docs/sections.ts'

const source = (path: string) => fileURLToPath(new URL(`../packages/core/src/${path}`, import.meta.url))
const interfaces = new Map([...readInterfaces(source('engine')), ...readInterfaces(source('storage'))])
const events = readUnion(source('engine/result.ts'), 'EngineEvent')
const page = readFileSync(new URL('../docs/writing-an-engine.md', import.meta.url), 'utf8')
const sections = sectionsOf(page.slice(page.indexOf('## Reference')))

const FAILURE = ['name?', 'code', 'message', 'retryable', 'retryAfterMs?']

/** The members of an interface as the page writes them, its own before those that it inherits. */
function membersOf(name: string): readonly string[] {
  const { members, bases } = interfaces.get(name) as Interface // The page says which there are.
  const own = members.map(({ name: member, optional }) => (optional ? `${member}?` : member))
  return [...own, ...bases.flatMap((base) => (interfaces.has(base) ? membersOf(base) : []))]
}

function rowsOf(name: string): readonly (readonly string[])[] {
  return sections.find(({ title }) => title === name)?.rows ?? []
}

describe('the reference of docs/writing-an-engine.md', () => {
  it.each(['StepContext', 'PromptParts', 'FactBoard', 'ArtifactStore', 'StepResult', 'EngineProbe'])(
    'has every member of %s, and no other',
    (name) => {
      expect(rowsOf(name).map(([member]) => member)).toEqual(membersOf(name))
    },
  )

  it('has every member of StepFailure, which is a plain error with a name that may be left out', () => {
    expect(rowsOf('StepFailure').map(([member]) => member)).toEqual(FAILURE)
    const plain = readInterfaces(source('errors')).get('PlainError')
    expect(plain?.members.map(({ name }) => name)).toEqual(FAILURE.map((name) => name.replace('?', '')))
  })

  it('has every event that an engine may yield, with its members', () => {
    expect(events.size).toBeGreaterThan(5)
    const told = rowsOf('EngineEvent').map(([type = '', members = '']) => [
      type,
      [...members.matchAll(/`([^`]+)`/g)].map(([, member]) => member),
    ])
    expect(told).toEqual([...events])
  })
})
