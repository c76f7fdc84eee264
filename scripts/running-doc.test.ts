import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Interface, readInterfaces } from './docs/interfaces.ts'
import { sectionsOf } from './docs/sections.ts'

const folder = (name: string) => fileURLToPath(new URL(`../packages/core/src/${name}`, import.meta.url))
const interfaces = new Map([...readInterfaces(folder('orchestrator')), ...readInterfaces(folder('flow'))])
const sections = sectionsOf(readFileSync(new URL('../docs/running.md', import.meta.url), 'utf8'))

/** The rows of a section's table: name and default, without the marks of code. */
function rowsOf(title: string): readonly (readonly string[])[] {
  const section = sections.find((candidate) => candidate.title === title)
  return (section?.rows ?? []).map(([name = '', , standard = '']) => [name, plain(standard)])
}

/** The members of an interface as the page writes them: name and `@default`. */
function membersOf(name: string): readonly (readonly string[])[] {
  // The names below are of interfaces that there are; without one the test fails right here.
  const { members } = interfaces.get(name) as Interface
  return members.map(({ name: member, optional, doc }) => [
    optional ? `${member}?` : member,
    plain(/@default (.*)$/.exec(doc)?.[1] ?? ''),
  ])
}

function plain(text: string): string {
  return text.replaceAll('`', '')
}

describe('docs/running.md', () => {
  it.each([
    ['What it is made of', 'OrchestratorOptions'],
    ['Slots', 'SlotPolicy'],
    ['Retries', 'RetryPolicy'],
    ['A request', 'RunRequest'],
    ['Going on', 'ResumeOptions'],
  ])('tells under "%s" every member of %s with its default', (title, name) => {
    expect(rowsOf(title).length).toBeGreaterThan(2)
    expect(rowsOf(title)).toEqual(membersOf(name))
  })
})
