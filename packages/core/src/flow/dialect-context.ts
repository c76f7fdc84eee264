/** `defaults.context_pack` of the spec dialect (A2.1): what of it bounds the history here, and what does not. */

import { isHolder, show } from '../input/value.ts'
import { Draft } from './draft.ts'
import type { YamlSink } from './yaml-source.ts'

/** What Baton does in place of what a context pack can ask for. */
const insteads: ReadonlyMap<string, string> = new Map([
  ['include_upstream_artifacts', 'A prompt names the inputs of the step, and the agent reads them.'],
  ['include_scent_trail', 'What earlier runs learned can be given as a param.'],
])

/** Turns the context pack into the history policy of the flow's defaults. */
export function readContextPack(flow: Draft, { issues, origins }: YamlSink): void {
  const defaults = flow.get('defaults')
  if (!isHolder(defaults) || !isHolder(defaults.context_pack)) return
  const draft = new Draft(defaults, origins)
  const origin = draft.take('context_pack')?.origin
  const report = (code: 'no_effect' | 'unknown_field' | 'wrong_type', text: string): void =>
    issues.report({
      code,
      path: 'defaults',
      text,
      severity: code === 'no_effect' ? 'warning' : 'error',
      origin,
    })
  const { include_previous_envelopes: previous, max_envelopes: most, ...others } = defaults.context_pack
  for (const [key, value] of Object.entries(others)) {
    const instead = insteads.get(key)
    if (instead === undefined) report('unknown_field', `has unknown field "defaults.context_pack.${key}".`)
    else if (value !== false)
      report('no_effect', `has "${key}" ${show(value)}, which has no effect. ${instead}`)
  }
  const history = isHolder(defaults.history) ? defaults.history : {}
  const entries = previous === false ? 0 : most
  if (entries !== undefined) draft.put('history', { max_entries: entries, ...history }, origin)
  flow.move('defaults', 'defaults', () => draft.toObject())
}
