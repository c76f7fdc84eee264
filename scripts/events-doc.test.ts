import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Interface, readInterfaces } from './docs/interfaces.ts'
import { type Section, sectionsOf } from './docs/sections.ts'

const events = readInterfaces(fileURLToPath(new URL('../packages/core/src/events', import.meta.url)))
const sections = sectionsOf(readFileSync(new URL('../docs/events.md', import.meta.url), 'utf8'))

/** How the page names what several events have in common. */
const scopes: Readonly<Record<string, string>> = {
  flow: 'FlowScope',
  step: 'StepScope',
  request: 'RequestRecord',
  resolution: 'RequestResolution',
  transient: 'TransientEnvelope',
  output: 'StepOutput',
  measures: 'AttemptMeasures',
}

const swarmFamily = events.get('SwarmFamilyRecord')

const byType = new Map(
  [...events.values()].flatMap((event) => event.types.map((type) => [type, event] as const)),
)
const named = sections.filter(({ title }) => title.startsWith('`'))
const pages = named.filter(({ parent }) => parent !== 'Shapes')
const shapes = named.filter(({ parent }) => parent === 'Shapes')

/** The members of an interface as the page writes them. */
function membersOf({ members }: Interface): readonly string[] {
  return members.map(({ name, optional }) => (optional ? `${name}?` : name))
}

function nameOf({ title }: Section): string {
  return title.replaceAll('`', '')
}

function scopesOf({ text }: Section): readonly string[] {
  const named = /^Scope: ([a-z, ]+)\.$/m.exec(text)?.[1]?.split(', ') ?? []
  return named.map((scope) => scopes[scope] ?? scope)
}

function interfaceOf(name: string | undefined): Interface {
  const found = events.get(name ?? '')
  if (found === undefined) throw new Error(`There is no interface "${name}"`)
  return found
}

describe('docs/events.md', () => {
  it('has every event of the union once, and no other', () => {
    expect(pages.map(nameOf).sort()).toEqual([...byType.keys()].sort())
  })

  it.each(
    pages.filter((page) => byType.get(nameOf(page)) !== swarmFamily).map((page) => [nameOf(page), page]),
  )('tells every member of %s, and its scope', (type, page) => {
    // A test before this one has shown that the page names known events only.
    const event = byType.get(type) as Interface
    expect(page.rows.map(([member]) => member)).toEqual(membersOf(event))
    expect(scopesOf(page)).toEqual(event.bases)
  })

  it('tells the members of the swarm family once, for all of it', () => {
    const family = sections.find(({ title }) => title === 'Swarm family')
    expect(family?.rows.map(([member]) => member)).toEqual(membersOf(interfaceOf('SwarmFamilyRecord')))
    expect(swarmFamily?.bases).toEqual(['StepScope'])
  })

  it.each([
    ['Envelope', 'EventEnvelope'],
    ...Object.entries(scopes).map(([key, name]) => [`Scope: ${key}`, name]),
  ])('tells every member of %s', (title, name) => {
    const section = sections.find((candidate) => candidate.title === title)
    expect(section?.rows.map(([member]) => member)).toEqual(membersOf(interfaceOf(name)))
  })

  it.each(shapes.map((section) => [nameOf(section), section]))(
    'tells every member of the shape %s',
    (name, section) => {
      expect(section.rows.map(([member]) => member)).toEqual(membersOf(interfaceOf(name)))
    },
  )

  it('leads each event of the sources to an event of ours that exists, or says why there is none', () => {
    const tables = sections.filter(({ parent }) => parent === 'Where the events of the sources went')
    const rows = tables.flatMap((table) => table.rows)
    expect(rows.length).toBeGreaterThan(100)
    for (const [theirs, ours = ''] of rows) {
      const names = [...ours.matchAll(/`([a-z]+(?:_[a-z]+)+|custom|diagnostic)`/g)].map(([, name]) => name)
      const known = names.filter((name) => byType.has(name ?? ''))
      const isExplained = /^not an event:|^lines? of|^a line of|receipt$/.test(ours)
      expect([theirs, known.length > 0 || isExplained]).toEqual([theirs, true])
    }
  })
})
