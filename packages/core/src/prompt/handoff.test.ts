import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Handoff } from '../events/envelope.ts'
import type { JsonValue } from '../flow/json.ts'
import { toHandoff } from './handoff.ts'
import { hostileText } from './injection.fixture.ts'

const ofData = (data: JsonValue) => toHandoff({ output: '', data })
const ofText = (output: string) => toHandoff({ output })

describe('toHandoff', () => {
  it('L6: says nothing when nothing was said', () => {
    expect(ofText('All tests pass. VERIFIED!')).toBeUndefined()
    expect(ofData({ files: ['a'] })).toBeUndefined()
    expect(ofData([1, 2])).toBeUndefined()
  })

  it.each([
    ['front matter', { output: '---\nstatus: verified\n---\nReport' }],
    ['JSON at the end', { output: 'Report\n{"verdict": "Verified"}' }],
    ['data', { output: '', data: { verdict: 'VERIFIED' } }],
    ['its own handoff', { output: '', handoff: { verdict: ' verified ' } }],
  ])('L6: reads the verdict from %s', (_, result) => {
    expect(toHandoff(result)?.verdict).toBe('VERIFIED')
  })

  it.each(['succeeded', 'failed', 'ok', 'error', 'Success', 'FAILURE'])(
    'L6: the status "%s" says whether the call worked and is no verdict',
    (status) => {
      expect(ofData({ status, summary: 's' })).toEqual({ summary: 's' })
      expect(ofText(`---\nstatus: ${status}\n---\n`)).toEqual({ fields: { status } })
    },
  )

  it("L6: the flow's own word stands as it was written, a stated verdict before a status", () => {
    expect(ofData({ status: 'pr-ready' })?.verdict).toBe('pr-ready')
    expect(ofData({ status: 'succeeded', verdict: 'MERGE' })?.verdict).toBe('MERGE')
    expect(ofData({ status: 'open', verdict: 'failed' })?.verdict).toBe('failed')
  })

  it('L6: fills what the own handoff leaves open from the data, then from front matter', () => {
    const handoff = toHandoff({
      output: '---\nverdict: BLOCKED\nsummary: text\nconcerns: [c]\nscore: 4\n---',
      data: { summary: 'data', verdict: 'PARTIAL' },
      handoff: { verdict: 'VERIFIED' },
    })
    expect(handoff).toEqual({ verdict: 'VERIFIED', summary: 'data', concerns: ['c'], fields: { score: 4 } })
  })

  it('A4: reads the names and shapes of the sources', () => {
    expect(
      ofData({
        status: 'UNVERIFIED',
        summary: 'Two gaps.',
        can_further_iteration_help: 'no',
        artifacts: [{ path: 'adr.md', action: 'created' }, { name: 'log', path: 'run.log' }, 'notes.md', 7],
        concerns: [{ concern: 'slow', severity: 'low' }, 'unclear', { severity: 'high' }],
        assumptions_made: [
          { statement: 'UTC', impact_if_wrong: 'off by hours', confidence: 'HIGH' },
          'one region',
        ],
        decisions_made: [
          { subject: 'store', decision: 'files', rationale: 'simple' },
          { subject: 'half' },
          'text',
        ],
        facts: [{ key: 'lines', value: 10, confidence: 3, evidence: ['src'] }, { key: 'none' }],
      }),
    ).toEqual({
      verdict: 'UNVERIFIED',
      summary: 'Two gaps.',
      canFurtherIterationHelp: false,
      artifacts: { 'adr.md': 'adr.md', log: 'run.log', 'notes.md': 'notes.md' },
      concerns: ['slow', 'unclear'],
      assumptions: [
        { statement: 'UTC', impactIfWrong: 'off by hours', confidence: 'high' },
        { statement: 'one region' },
      ],
      decisions: [{ subject: 'store', decision: 'files', rationale: 'simple' }],
      facts: [{ key: 'lines', value: 10, confidence: 1, evidence: ['src'] }],
    })
  })

  it('A4: reads artifacts and facts that are objects', () => {
    expect(
      ofData({ artifacts: { report: 'report.md', adr: { path: 'adr.md' } }, facts: { a: 1, b: null } }),
    ).toEqual({
      artifacts: { report: 'report.md', adr: 'adr.md' },
      facts: [
        { key: 'a', value: 1 },
        { key: 'b', value: null },
      ],
    })
  })

  it.each<[JsonValue, boolean | undefined]>([
    [true, true],
    [false, false],
    ['Yes', true],
    [' NO ', false],
    ['false', false],
    ['maybe', undefined],
    [0, undefined],
  ])('L2: reads canFurtherIterationHelp %j as %s', (stated, expected) => {
    expect(ofData({ verdict: 'PARTIAL', canFurtherIterationHelp: stated })?.canFurtherIterationHelp).toBe(
      expected,
    )
  })

  it('keeps what front matter says beyond the handoff, unless the data says it too', () => {
    const output = 'Report\n{"verdict": "PARTIAL", "tests_passed": false, "score": 3, "fields": {"extra": 1}}'
    expect(toHandoff({ output })?.fields).toEqual({ tests_passed: false, score: 3, extra: 1 })
    expect(toHandoff({ output, data: { tests_passed: true, score: 4 } })?.fields).toEqual({ extra: 1 })
  })

  it('drops what has a wrong type and clips what is too long', () => {
    const long = 'x'.repeat(5_000)
    const handoff = ofData({
      verdict: 7,
      summary: long,
      artifacts: 'a.md',
      concerns: Array.from({ length: 300 }, () => long),
      facts: [{ key: 'big', value: 'x'.repeat(20_000) }],
      canFurtherIterationHelp: {},
    })
    expect(Object.keys(handoff ?? {})).toEqual(['summary', 'concerns'])
    expect(handoff?.summary).toHaveLength(2_000)
    expect(handoff?.concerns).toHaveLength(100)
    expect(handoff?.concerns?.[0]).toHaveLength(1_000)
  })

  it('keeps at most 16 kB of further fields', () => {
    const fields = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`field${n}`, 'x'.repeat(1_000)]))
    expect(JSON.stringify(ofText(JSON.stringify(fields))?.fields).length).toBeLessThan(17_000)
  })

  it('law 5: a handoff that is no JSON is dropped, and the rest still counts', () => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    const hostile = [
      circle,
      { summary: 10n },
      {
        get verdict() {
          throw new Error('no')
        },
      },
      'VERIFIED',
      null,
      () => 'VERIFIED',
    ]
    for (const handoff of hostile) {
      // What an engine in plain JavaScript may return in spite of the contract.
      expect(toHandoff({ output: '---\nverdict: PARTIAL\n---', handoff: handoff as Handoff })).toEqual({
        verdict: 'PARTIAL',
      })
    }
  })

  it('law 5: whatever is stated, the handoff is bounded, plain and stable', () => {
    const fact = fc.record({ key: fc.string(), value: fc.jsonValue(), confidence: fc.double() })
    const claim = fc.dictionary(
      fc.constantFrom(
        'verdict',
        'status',
        'summary',
        'artifacts',
        'concerns',
        'facts',
        'fields',
        '__proto__',
        'x',
      ),
      fc.oneof(fc.jsonValue(), hostileText, fc.array(fc.oneof(fact, fc.jsonValue()))),
    )
    fc.assert(
      fc.property(claim, hostileText, (stated, output) => {
        // JSON makes the arbitrary value plain, as the contract asks for.
        const data = JSON.parse(JSON.stringify(stated)) as JsonValue
        const handoff = toHandoff({ output, data })
        expect(JSON.parse(JSON.stringify(handoff ?? null))).toEqual(handoff ?? null)
        expect(toHandoff({ output, data })).toEqual(handoff)
        expect((handoff?.verdict ?? '').length).toBeLessThanOrEqual(100)
        for (const { confidence = 1 } of handoff?.facts ?? []) {
          expect(confidence >= 0 && confidence <= 1).toBe(true)
        }
      }),
    )
  })
})
