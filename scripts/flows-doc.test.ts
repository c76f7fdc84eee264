import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineFlow, type Flow, lintFlow, parseFlow } from '@batonjs/core'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { stepFields, stepKinds } from '../packages/core/src/flow/step-fields.ts'
import { readBlocks } from './code-blocks.ts'
import { type Interface, readInterfaces } from './docs/interfaces.ts'
import { sectionsOf } from './docs/sections.ts'

const page = readFileSync(new URL('../docs/flows.md', import.meta.url), 'utf8')
const sections = sectionsOf(page)
const blocks = readBlocks('docs/flows.md', page)

function rowsOf(title: string): readonly string[] {
  const section = sections.find((candidate) => candidate.title.replaceAll('`', '') === title)
  if (section === undefined) throw new Error(`The page has no section "${title}"`)
  return section.rows.map(([field = '']) => field)
}

function membersOf(folder: string, name: string): readonly string[] {
  const interfaces = readInterfaces(fileURLToPath(new URL(`../packages/core/src/${folder}`, import.meta.url)))
  // The names below are of interfaces that there are; without one the test fails right here.
  const { members } = interfaces.get(name) as Interface
  return members.map(({ name: member, optional }) => (optional ? `${member}?` : member))
}

describe('docs/flows.md', () => {
  it.each(stepKinds)('tells every field of the kind %s', (kind) => {
    const fields = Object.entries(stepFields).filter(([, { kinds }]) => kinds[kind] !== undefined)
    expect([...rowsOf('Every kind'), ...rowsOf(kind)].sort()).toEqual(fields.map(([name]) => name).sort())
  })

  it('tells every field of a flow', () => {
    const members = membersOf('flow', 'FlowDefinition').filter((member) => member !== 'digest')
    expect([...rowsOf('A flow')].sort()).toEqual([...members].sort())
  })

  it('tells every limit', () => {
    const limits = membersOf('flow', 'FlowLimits').map((member) => member.replace('?', ''))
    expect(rowsOf('Limits')).toEqual(limits)
  })

  it('tells every skip reason', () => {
    const source = readFileSync(
      new URL('../packages/core/src/events/step-events.ts', import.meta.url),
      'utf8',
    )
    const union = /export type SkipReason =([^/]*)/.exec(source)?.[1] ?? ''
    const reasons = [...union.matchAll(/'(\w+)'/g)].map(([, reason]) => reason)
    expect([...rowsOf('Skip reasons')].sort()).toEqual(reasons.sort())
  })

  it('has no flow that is refused or warned of', () => {
    const written = blocks.filter(({ language }) => language === 'yaml').map(({ text }) => parseFlow(text))
    const coded = blocks.filter(({ language }) => language === 'ts').map(({ text }) => evaluate(text))
    expect([written.length, coded.length]).toEqual([3, 4])
    expect([...written, ...coded].flatMap((flow) => lintFlow(flow))).toEqual([])
  })

  it('shows one flow in both spellings, with one digest', () => {
    const [code, yaml] = blocks
    expect(parseFlow(yaml?.text ?? '').digest).toBe(evaluate(code?.text ?? '').digest)
  })
})

/** The flow that a block of TypeScript defines. */
function evaluate(block: string): Flow {
  const code = block.replace(/^import .*$/m, '').replace('export const', 'const')
  const { outputText } = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2022 } })
  const [, name] = /const (\w+) = defineFlow/.exec(code) ?? []
  return new Function('defineFlow', `${outputText}; return ${name}`)(defineFlow)
}
