import { expect, it } from 'vitest'
import { readFacts } from './prompt-facts.ts'
import { splitAreas } from './survey/areas.ts'
import { fileFacts, functionFacts, repoFacts } from './survey/facts.fixture.ts'
import { syntheticCritique, syntheticReview, syntheticSummary, syntheticSynthesis } from './synthetic.ts'

/** Folders of 300 lines with a function of so many lines each. */
function surveyOf(longest: Readonly<Record<string, number>>) {
  const folders = Object.keys(longest)
  const files = folders.flatMap((folder) => [
    fileFacts(`${folder}/a.ts`, { lines: 300 }),
    fileFacts(`${folder}/a.test.ts`, { kind: 'test', lines: 300, functions: 0 }),
  ])
  const functions = folders.map((folder) => functionFacts(`${folder}/a.ts`, longest[folder] ?? 0, 4))
  return splitAreas(repoFacts([fileFacts('top.ts', { lines: 10 }), ...files], { functions }))
}

const five = surveyOf({ a: 210, b: 220, c: 230, d: 240, e: 250 })

it('reviews an area from its findings and says that it is synthetic', () => {
  const text = syntheticReview(five.areas.find(({ key }) => key === 'a') ?? five.areas[0] ?? never())
  expect(text).toBe(
    '*Synthetic:* Look here first. 300 lines of code and 300 lines of tests; of 5 functions none run long.\n\n' +
      '1. Give each stage of it a name of its own, beginning with the deepest branch.',
  )
})

it('says of an area without findings that it is in good order', () => {
  const [area = never()] = surveyOf({ a: 20 }).areas
  expect(syntheticReview(area)).toMatch(/^\*Synthetic:\* In good order\./)
})

it('drafts the three worst areas; the critic asks for the others, and is content with them', () => {
  const draft = syntheticSynthesis(five.brief)
  const first = syntheticCritique(five.brief, draft)
  expect(first).toMatchObject({ verdict: 'UNVERIFIED', missed: ['d/', 'e/'] })
  expect(first.text).toContain('no evidence for `d/`, `e/`')
  const better = syntheticSynthesis(five.brief, first.missed)
  expect(syntheticCritique(five.brief, better)).toMatchObject({ verdict: 'VERIFIED', missed: [] })
  for (const lines of [210, 220, 230, 240, 250]) expect(better).toContain(`${lines} lines`)
})

it('claims no trouble where there is none', () => {
  const { brief } = surveyOf({ a: 20, b: 20 })
  expect(syntheticSummary(brief)).toContain('No area stands out as risky.')
  expect(syntheticCritique(brief, syntheticSynthesis(brief)).verdict).toBe('VERIFIED')
})

it('reads the facts back from the prompt that carries them', () => {
  const [area] = five.areas
  const prompt = `Review \`this\`:\n\n\`\`\`json\n${JSON.stringify(area, null, 2)}\n\`\`\`\n\nBe brief.`
  expect(readFacts(prompt)).toEqual(area)
  expect(readFacts('```json\nno\n```\n```json\n{"a":"```"}\n```')).toEqual({ a: '```' })
  expect(readFacts('nothing')).toBeUndefined()
})

function never(): never {
  throw new Error('There is no such area')
}
