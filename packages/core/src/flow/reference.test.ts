import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { followPath, looseNames, parseReference, parseTemplate, type TemplatePart } from './reference.ts'

/** A template in short: text as it is, references as `<root stepId path optional>`. */
function outline(text: string): string {
  return parseTemplate(text).map(outlinePart).join('')
}

function outlinePart(part: TemplatePart): string {
  if (part.kind === 'text') return part.text
  const name = [part.root, part.stepId, ...part.path].filter((word) => word !== undefined).join(' ')
  return `<${name}${part.optional ? ' ?' : ''}>`
}

describe('T1: a template', () => {
  it.each([
    ['text alone', 'nothing to see'],
    ['an output', 'a $plan.output b', 'a <step plan> b'],
    ['a field', '$plan.output.files', '<step plan files>'],
    ['a deep field with a number', '$plan.output.files.0.name', '<step plan files 0 name>'],
    ['an id with a hyphen and an underscore', '$my-step_2.output', '<step my-step_2>'],
    ['a field with a hyphen', '$plan.output.due-date.', '<step plan due-date>.'],
    ['the winner', '$winner.output.text', '<winner text>'],
    ['params', '$params.topic and $params.a.b', '<params topic> and <params a b>'],
    ['the item', '$item and $item.name', '<item> and <item name>'],
    ['the index', 'No. $index: go', 'No. <index>: go'],
    [
      'a step whose id starts like a root',
      '$item-list.output $params2.output',
      '<step item-list> <step params2>',
    ],
    ['an optional reference', '$plan.output?', '<step plan ?>'],
    ['an optional field in a sentence', '($plan.output.a?), yes', '(<step plan a ?>), yes'],
    ['an optional reference before a question mark', 'really $plan.output??', 'really <step plan ?>?'],
    ['a question after a space', 'really $plan.output ?', 'really <step plan> ?'],
    ['the dot that ends a sentence', 'See $plan.output.', 'See <step plan>.'],
    ['references side by side', '$a.output$b.output', '<step a><step b>'],
    ['a dollar sign', '$$plan.output', '$plan.output'],
    ['two dollar signs', 'a $$$$ b', 'a $$ b'],
    ['a dollar sign before a reference', '$$$plan.output', '$<step plan>'],
    ['a price', 'costs $5 or $5.output', 'costs $5 or $5.output'],
    ['a name without an output', '$plan and $plan.result', '$plan and $plan.result'],
    ['a name that only starts like an output', '$plan.outputs', '$plan.outputs'],
    ['words that only start like a root', '$items $indexes $params', '$items $indexes $params'],
    ['upper case', '$Plan.output', '$Plan.output'],
    ['a dollar sign at the end', 'a $', 'a $'],
    ['the output member of an item', '$item.output', '<item output>'],
    ['line ends', 'a\n$plan.output\nb', 'a\n<step plan>\nb'],
  ])('holds %s', (_, text, expected = text) => {
    expect(outline(text)).toBe(expected)
  })

  it('keeps a reference as it was written, for messages', () => {
    expect(parseTemplate('a $plan.output.x? b')[1]).toEqual({
      kind: 'reference',
      source: '$plan.output.x?',
      root: 'step',
      stepId: 'plan',
      path: ['x'],
      optional: true,
    })
  })

  it('is any text: what is not a reference comes back unchanged', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('$', '.', '?', 'a', '-', '_', '1', ' ', 'output', 'item') }),
        (text) => {
          const source = parseTemplate(text).map((part) =>
            part.kind === 'text' ? escaped(part.text) : part.source,
          )
          expect(outline(source.join(''))).toBe(outline(text))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('is read in time linear in its length', () => {
    const hostile = `$${'a-'.repeat(100_000)}$${'item.a-'.repeat(100_000)}${'$'.repeat(100_001)}`
    const started = performance.now()
    parseTemplate(hostile)
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})

/** Text as a template that means it. */
function escaped(text: string): string {
  return text.replaceAll('$', '$$$$')
}

describe('T1: a lone reference', () => {
  it.each(['$list.output.files', '$params.files', '$item', '$winner.output', '$list.output?'])(
    'is %s',
    (text) => {
      expect(parseReference(text)?.source).toBe(text)
    },
  )

  it.each(['', '$$', ' $item', '$item ', '$a.output $b.output', '$a.output.', 'files', '$a'])(
    'is not "%s"',
    (text) => {
      expect(parseReference(text)).toBeUndefined()
    },
  )
})

describe('T1: a path', () => {
  const value = JSON.parse('{"a": {"b": [10, {"c": null}]}, "__proto__": {"d": 1}, "text": "abc"}')

  it.each([
    [[], value],
    [['a', 'b', '0'], 10],
    [['a', 'b', '1', 'c'], null],
    [['__proto__', 'd'], 1],
  ])('leads through own members: %j', (path, expected) => {
    expect(followPath(value, path)).toEqual(expected)
  })

  it.each([
    [['missing']],
    [['a', 'toString']],
    [['constructor']],
    [['a', '__proto__']],
    [['a', 'b', 'length']],
    [['a', 'b', '7']],
    [['text', '0']],
    [['text', 'length']],
  ])('leads nowhere else: %j', (path) => {
    expect(followPath(value, path)).toBeUndefined()
  })
})

describe('T1: a name behind a dollar sign that is text', () => {
  it('is told, unless it is escaped or part of a reference', () => {
    expect(looseNames('$plan $plan.result $$other $a.output $5 $item')).toEqual(['plan', 'plan'])
  })
})
