import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkArtifactPath } from '../memory/artifact-path.ts'
import { type ArtifactAddress, artifactPaths, visitFolder } from './artifact-paths.ts'

const address: ArtifactAddress = {
  flowKey: 'build',
  visit: 1,
  stepId: 'implement',
  iteration: 3,
  attempt: 2,
  agentKey: 'code-implementer',
  engine: 'claude-step',
}

const allPaths = (given: ArtifactAddress) =>
  Object.values(artifactPaths(given)).flatMap(({ latest, execution }) => [latest, execution])

describe('artifactPaths', () => {
  it("J4: the source's name holds the latest execution, each execution has its own", () => {
    expect(artifactPaths(address)).toEqual({
      transcript: {
        latest: 'build/llm/implement-code-implementer-claude-step.jsonl',
        execution: 'build/llm/implement-code-implementer-claude-step.3.2.jsonl',
      },
      receipt: {
        latest: 'build/receipts/implement-code-implementer.json',
        execution: 'build/receipts/implement-code-implementer.3.2.json',
      },
      envelope: {
        latest: 'build/handoff/implement.json',
        execution: 'build/handoff/implement.3.2.json',
      },
    })
  })

  it('J4: a second visit has a folder of its own', () => {
    expect(visitFolder({ flowKey: 'build', visit: 2 })).toBe('build#2')
    expect(artifactPaths({ ...address, visit: 2 }).envelope.latest).toBe('build#2/handoff/implement.json')
  })

  it('J4: a step without an agent is done by "agent"', () => {
    const { agentKey: _, ...nobody } = address
    expect(artifactPaths(nobody).receipt.latest).toBe('build/receipts/implement-agent.json')
  })

  it('M1: an item of a map is named by its key, one that is no plain name with its digest', () => {
    const named = (item: string) => artifactPaths({ ...address, item }).envelope.latest
    expect(named('src')).toBe('build/handoff/implement.src.json')
    expect(named('packages/core/src')).toMatch(
      /^build\/handoff\/implement\.packages-core-src-[0-9a-f]{12}\.json$/,
    )
    expect(named('1.2')).toMatch(/^build\/handoff\/implement\.1-2-[0-9a-f]{12}\.json$/)
    expect(named('')).toMatch(/^build\/handoff\/implement\.x-[0-9a-f]{12}\.json$/)
    expect(named('Src')).not.toBe(named('src'))
  })

  it.each([
    'con',
    'nul',
    'com1',
    '../../etc/passwd',
    '/abs',
    'a\0b',
    '..',
    '.',
    'x'.repeat(300),
    'ａ',
    'é',
    '-x',
    '_x',
  ])('fault 15: every path passes the allow-list with ids and keys such as %j', (name) => {
    const hostile = { ...address, flowKey: name, stepId: name, item: name, agentKey: name, engine: name }
    for (const path of [...allPaths(hostile), ...allPaths({ ...address, stepId: name })])
      checkArtifactPath(path)
  })

  it('fault 15: a flow named like a folder of the storage lies elsewhere', () => {
    for (const path of allPaths({ ...address, flowKey: 'inbox' })) checkArtifactPath(path)
  })

  const id = fc.stringMatching(/^[a-z][a-z0-9_-]{0,140}$/)
  const anyAddress: fc.Arbitrary<ArtifactAddress> = fc.record({
    flowKey: id,
    visit: fc.integer({ min: 1, max: 20 }),
    stepId: id,
    item: fc.oneof(fc.string({ unit: 'binary' }), id, fc.constantFrom('a', 'A', 'a.1.1', '1.1', 'a/b')),
    iteration: fc.integer({ min: 1, max: 100_000 }),
    attempt: fc.integer({ min: 1, max: 100_000 }),
    agentKey: fc.string(),
    engine: id,
  })

  it('J5: every path of every address passes the allow-list', () => {
    fc.assert(
      fc.property(anyAddress, (drawn) => {
        for (const path of allPaths(drawn)) checkArtifactPath(path)
      }),
    )
  })

  it('J4: no two executions of a flow visit share an envelope, whatever their items are called', () => {
    const place = fc.record(
      {
        stepId: fc.constantFrom('a', 'b'),
        item: fc.constantFrom(
          'a',
          'A',
          'a.1.1',
          '1',
          '1.1',
          'a/b',
          'a-b',
          '',
          '..',
          'x'.repeat(99),
          'x'.repeat(100),
        ),
        iteration: fc.integer({ min: 1, max: 2 }),
        attempt: fc.integer({ min: 1, max: 2 }),
      },
      { requiredKeys: ['stepId', 'iteration', 'attempt'] },
    )
    fc.assert(
      fc.property(place, place, (one, other) => {
        const [first, second] = [one, other].map((each) => artifactPaths({ ...address, ...each }).envelope)
        const names = [first?.latest, first?.execution].map((name) => name?.toLowerCase())
        const isSameStep = one.stepId === other.stepId && one.item === other.item
        const isSame = isSameStep && one.iteration === other.iteration && one.attempt === other.attempt
        expect(names.includes(second?.execution.toLowerCase())).toBe(isSame)
        expect(names.includes(second?.latest.toLowerCase())).toBe(isSameStep)
      }),
      { numRuns: 2_000 },
    )
  })
})
