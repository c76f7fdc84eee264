import { inFile, type Mutant } from '../mutant.ts'

/** Maps, child flows, references, prompts and outputs. */
export const maps: readonly Mutant[] = [
  ...inFile('packages/core/src/orchestrator/starts/start-map.ts', 'src/run/map', [
    {
      rule: 'M1',
      off: 'a map takes more items than maxItems',
      text: 'if (parsed.length > limit) {',
      becomes: 'if (false) {',
    },
    {
      rule: 'M1',
      off: 'two items may have one key',
      text: 'problemOf(definition, key, taken.get(key))',
      becomes: 'problemOf(definition, key, undefined)',
    },
    {
      rule: 'M1',
      off: 'the key of an item is its place',
      text: 'return digestText(canonicalJson(value)).slice(0, 16)',
      becomes: 'return String(index)',
    },
    {
      rule: 'M1',
      off: 'what is no list is a map without items',
      text: 'if (!Array.isArray(parsed)) {',
      becomes: 'if (!Array.isArray(parsed)) return { values: [], inputs }\n  if (!Array.isArray(parsed)) {',
    },
  ]),
  ...inFile('packages/core/src/run/fold-step.ts', 'src/run/map src/run/edges', [
    {
      rule: 'M1',
      off: 'concurrency bounds nothing',
      text: 'map.next < map.executions.length && map.active < bound',
      becomes: 'map.next < map.executions.length',
    },
    {
      rule: 'M1',
      off: 'a map without items never ends',
      text: 'if (event.items.length === 0)',
      becomes: 'if (false)',
    },
    {
      rule: 'M1',
      off: 'no item follows one that has ended',
      text: "else if (step.status === 'running') offerItems(state, step, map)",
      becomes: '',
    },
    {
      rule: 'M1',
      off: 'an item that failed keeps its place in the concurrency',
      text: "if (execution.status !== 'pending') map.active -= 1",
      becomes: "if (status === 'succeeded') map.active -= 1",
    },
  ]),
  ...inFile('packages/core/src/run/conclude.ts', 'src/run/map src/run/requests src/run/child-flow', [
    {
      rule: 'M1',
      off: 'all_done fails with an item that failed',
      text: "rule === 'all_done' ? wasKeptBack : isUndone",
      becomes: 'isUndone',
    },
    {
      rule: 'M1',
      off: 'one_success succeeds without a success',
      text: "if (rule === 'one_success') return map.succeeded > 0",
      becomes: "if (rule === 'one_success') return true",
    },
    {
      rule: 'M1',
      off: 'all_success succeeds although an item failed',
      text: "return item.status === 'failed' || wasKeptBack(item)",
      becomes: 'return wasKeptBack(item)',
    },
    {
      rule: 'H5',
      off: 'a rejected approval that a route reads fails',
      text: 'if (approved || isRouted) {',
      becomes: 'if (approved) {',
    },
    {
      rule: 'H5',
      off: 'onReject: skip fails the step',
      text: "if (onReject === 'skip') return",
      becomes: 'if (false) return',
    },
    {
      rule: 'H5',
      off: 'a rejection approves',
      text: 'isJsonObject(answer) && answer.approved === true',
      becomes: 'isJsonObject(answer)',
    },
    {
      rule: 'V1',
      off: 'a step succeeds although its child flow failed',
      text: "if (child.outcome !== 'failed') return",
      becomes: 'if (true) return',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/perform.ts', 'src/run/map src/orchestrator/outputs', [
    {
      rule: 'M1',
      off: 'a failed item leaves nothing in the output',
      text: 'return { status: item.status, error: { code, message } }',
      becomes: 'return null',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/starts/start-flow.ts', 'src/run/child-flow', [
    {
      rule: 'V1',
      off: 'the params of a child flow are not held to its schema',
      text: 'child.params === undefined ? [] : validateJson(child.params, params)',
      becomes: '[]',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/manifest.ts', 'src/orchestrator/manifest src/run/journey', [
    {
      rule: 'section 3',
      off: 'the params of a request are not held to the schema of the flow',
      text: 'flow.params === undefined ? [] : validateJson(flow.params, params)',
      becomes: '[]',
    },
  ]),
  ...inFile('packages/core/src/run/read-result.ts', 'src/run/references', [
    {
      rule: 'T1',
      off: 'a step reads of its upstream in the same loop what an earlier iteration gave',
      text: 'return runsBefore(producer, reader) ? undefined : result',
      becomes: 'return result',
    },
    {
      rule: 'T1',
      off: 'a step cannot read what it gave in the iteration before',
      text: 'return runsBefore(producer, reader) ? undefined : result',
      becomes: 'return undefined',
    },
  ]),
  ...inFile(
    'packages/core/src/orchestrator/calls/call-agent.ts',
    'src/run/references src/orchestrator/outputs src/orchestrator/hostile src/orchestrator/crashes',
    [
      {
        rule: 'T1',
        off: 'a step is called although a reference has no value',
        text: 'if (resolved?.missing !== undefined) {',
        becomes: 'if (false) {',
      },
      {
        rule: 'section 6',
        off: 'an answer is repaired once more than the bound',
        text: 'if (pass >= repairs ||',
        becomes: 'if (pass > repairs ||',
      },
      {
        rule: 'section 6',
        off: 'an answer that does not match its schema is taken',
        text: 'return check.ok ? { value: check.data } : { problems: check.problems }',
        becomes: 'return { value: check.ok ? check.data : result.output }',
      },
      {
        rule: 'S5',
        off: 'the engine does not get its own session back',
        text: ': { session: continued, continuation: composeContinuation(composed.parts) }),',
        becomes: ': {}),',
      },
    ],
  ),
  ...inFile('packages/core/src/prompt/references.ts', 'src/prompt/references src/run/references', [
    {
      rule: 'T1',
      off: 'a value is expanded again',
      text: 'return asText(shown)',
      becomes: 'return fill(parseTemplate(asText(shown)), reader)',
    },
    {
      rule: 'T1',
      off: 'a missing value is empty although the reference is not optional',
      text: 'if (!reference.optional) missing.set(',
      becomes: 'if (false) missing.set(',
    },
  ]),
  ...inFile('packages/core/src/flow/reference.ts', 'src/flow/reference src/prompt/references', [
    {
      rule: 'T1',
      off: '$$ is two dollar signs',
      text: "literal += '$'",
      becomes: "literal += '$$'",
    },
    {
      rule: 'fault 19',
      off: 'a reference reads what an object inherits',
      text: '!Object.hasOwn(found, name)',
      becomes: '!(name in found)',
    },
  ]),
  ...inFile('packages/core/src/prompt/tags.ts', 'src/prompt', [
    {
      rule: 'law 7',
      off: 'an output can forge the tags of a prompt',
      text: "return text.replace(FORGED, '‹')",
      becomes: 'return text',
    },
  ]),
  ...inFile('packages/core/src/prompt/history.ts', 'src/prompt/history', [
    {
      rule: 'section 6',
      off: 'the history is larger than its budget',
      text: 'candidate.priority !== priority || candidate.block.size > left',
      becomes: 'candidate.priority !== priority',
    },
    {
      rule: 'section 6',
      off: 'the history has more entries than maxEntries',
      text: 'if (left <= 0 || candidates.length >= budgets.maxEntries) break',
      becomes: 'if (left <= 0) break',
    },
    {
      rule: 'law 6',
      off: 'the prompt does not tell that history was left out',
      text: 'if (truncation.truncated) lines.push(truncationNote(truncation))',
      becomes: '',
    },
  ]),
  ...inFile(
    'packages/core/src/orchestrator/outputs.ts',
    'src/orchestrator/outputs src/orchestrator/lost-outputs',
    [
      {
        rule: 'J5',
        off: 'a large output stands in the journal',
        text: 'text.length <= INLINE_CHARACTERS && (data === undefined',
        becomes: 'true && (data === undefined',
      },
      {
        rule: 'J5',
        off: 'large data stands in the journal',
        text: 'data === undefined || data.text.length <= INLINE_DATA_CHARACTERS',
        becomes: 'true',
      },
      {
        rule: 'law 6',
        off: 'an output that is gone is read as if it were there',
        text: 'if (!loaded.has(ref) || loaded.get(ref) !== undefined) continue',
        becomes: 'continue',
      },
    ],
  ),
  ...inFile('packages/core/src/orchestrator/output-path.ts', 'src/orchestrator/lost-outputs', [
    {
      rule: 'law 1',
      off: 'whatever lies in the place of an output is believed',
      text: 'return digestText(text).startsWith(digest)',
      becomes: 'return true',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/call-artifacts.ts', 'src/orchestrator/lost-outputs', [
    {
      rule: 'law 1',
      off: 'a call writes over the outputs and receipts of others',
      text: 'if (name === undefined) return',
      becomes: 'return',
    },
  ]),
  ...inFile(
    'packages/core/src/orchestrator/plain-json.ts',
    'src/orchestrator/plain-json src/orchestrator/hostile',
    [
      {
        rule: 'fault 24',
        off: 'NaN becomes null in silence',
        text: 'if (!Number.isFinite(value)) refuse(path, String(value))',
        becomes: '',
      },
      {
        rule: 'fault 24',
        off: 'an instance of a class is written as if it were plain',
        text: 'refuse(path, show(value))',
        becomes: 'undefined',
      },
      {
        rule: 'law 1',
        off: 'whoever is handed a recorded value can change it',
        text: 'value: frozen(JSON.parse(text))',
        becomes: 'value: JSON.parse(text)',
      },
      {
        rule: 'fault 23',
        off: 'half a surrogate pair gets into the journal',
        text: "if (!text.includes('\\\\ud')) return",
        becomes: 'if (true) return',
      },
    ],
  ),
]
