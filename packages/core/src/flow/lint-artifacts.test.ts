import { describe, expect, it } from 'vitest'
import { artifactPaths } from '../orchestrator/records/artifact-paths.ts'
import { outline, toYaml } from './issues.fixture.ts'
import { lintFlow } from './lint-flow.ts'
import { parseFlow } from './parse-flow.ts'

const warnings = (...steps: readonly string[]) => lintFlow(parseFlow(toYaml(steps)))

describe('J4: the files of two steps under one name', () => {
  it.each([
    ['agents', ['{id: a, agents: [b-c, d]}', '{id: a-b, agents: [c]}'], 'a-b agents'],
    ['stations', ['{id: a, station: b-c}', '{id: a-b, station: c}'], 'a-b station'],
    ['the agent of a step that names none', ['{id: a, agents: [b-agent]}', '{id: a-b}'], 'a-b id'],
  ])('are a warning with its line: %s', (_, steps, place) => {
    const issues = warnings(...steps)
    expect(outline(issues)).toEqual([`artifact_name_taken ${place}`])
    expect(issues).toMatchObject([{ severity: 'warning', line: 4 }])
  })

  it('are none of a map, whose items have a dot in their names', () => {
    expect(
      warnings('{id: a, kind: map, items: $params.x, step: {prompt: x, agents: [b-agent]}}', '{id: a-b}'),
    ).toEqual([])
  })

  it('are the names that the receipts have', () => {
    const place = { flowKey: 'f', visit: 1, iteration: 1, attempt: 1, engine: 'stub' }
    const receiptOf = (stepId: string, agentKey?: string) =>
      artifactPaths({ ...place, stepId, ...(agentKey === undefined ? {} : { agentKey }) }).receipt.latest
    expect(receiptOf('a', 'b-c')).toBe(receiptOf('a-b', 'c'))
    expect(receiptOf('a', 'b-agent')).toBe(receiptOf('a-b'))
  })
})
