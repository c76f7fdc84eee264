// What Baton adds to the first token: the bare CLI or SDK and the same through Baton, in turn, in one process.
//
//     npm run e2e:latency -- --rounds 25 --only claude-cli
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Orchestrator } from '@batonjs/core'
import { says, startVendorServer } from '@batonjs/vendor-server'
import { install } from '../install.ts'
import { createHost } from '../stage/host.ts'
import { KEY, makePlace, type Place, removePlace } from '../stage/place.ts'
import { CLAUDE_MODEL, claudeEnvironment } from '../targets/claude.ts'
import type { Target } from '../targets/target.ts'
import { TARGETS } from '../targets/targets.ts'
import { type Bare, bareAcp, bareAi, bareClaudeCli, bareClaudeSdk, bareGemini } from './bare.ts'
import { addedOf, type Figures, renderLatency } from './figures.ts'
import { bareStandIn, standIn } from './stand-in.ts'

/** What Baton may add to a step at the median. */
const GOAL_MS = 5
/** Rounds that are not counted: caches are cold. */
const WARM_UP = 2

const PROMPT = 'Say something kind.'
const STEPS = ['first', 'next'].map((id) => ({ id, prompt: PROMPT }))
const BARE: Readonly<Record<string, Bare>> = {
  'stand-in': bareStandIn,
  ai: bareAi,
  'claude-cli': bareClaudeCli,
  'claude-sdk': bareClaudeSdk,
  'claude-acp': bareAcp('.bin/claude-agent-acp', [], (place) => ({
    ...claudeEnvironment(place),
    ANTHROPIC_MODEL: CLAUDE_MODEL,
  })),
  'gemini-cli': bareGemini,
}

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '25' }, only: { type: 'string' } },
})

async function measure(target: Target, bare: Bare): Promise<Figures> {
  const server = await startVendorServer({ keys: [KEY], script: says('It is a kind day.') })
  const place = await makePlace(server.url)
  const host = createHost(target, place, { steps: STEPS })
  const figures: Record<'bare' | 'newRun' | 'nextStep', number[]> = { bare: [], newRun: [], nextStep: [] }
  for (let round = -WARM_UP; round < Number(values.rounds); round += 1) {
    const isBareFirst = round % 2 === 0
    const bareFirst = isBareFirst ? await bareMs(bare, place) : undefined
    const { newRun, nextStep } = await batonMs(host)
    const alone = bareFirst ?? (await bareMs(bare, place))
    if (round < 0) continue
    figures.bare.push(alone)
    figures.newRun.push(newRun)
    figures.nextStep.push(nextStep)
  }
  await host.dispose()
  await server.close()
  await removePlace(place)
  return { title: target.title, ...figures }
}

async function bareMs(bare: Bare, place: Place): Promise<number> {
  const begun = performance.now()
  let first = Number.NaN
  await bare(place, PROMPT, () => {
    if (Number.isNaN(first)) first = performance.now() - begun
  })
  return first
}

/** From the request to the first token of the first step, and from its end to the first token of the second. */
async function batonMs(host: Orchestrator): Promise<{ readonly newRun: number; readonly nextStep: number }> {
  let begun = performance.now()
  const firsts = new Map<string, number>()
  for await (const event of host.executeStream()) {
    if (event.type === 'step_end') begun = performance.now()
    if (event.type !== 'token_chunk' || firsts.has(event.stepId)) continue
    firsts.set(event.stepId, performance.now() - begun)
  }
  return { newRun: firsts.get('first') ?? Number.NaN, nextStep: firsts.get('next') ?? Number.NaN }
}

install(fileURLToPath(new URL('..', import.meta.url)))
const all: Figures[] = []
for (const target of [standIn, ...TARGETS].filter(
  ({ key }) => values.only === undefined || key === values.only,
)) {
  const bare = BARE[target.key]
  if (bare === undefined) continue
  const missing = target.missing()
  if (missing === undefined) all.push(await measure(target, bare))
  else console.log(`${target.title} is skipped: ${missing}`)
}
console.log(`\n${renderLatency(all)}`)
const slow = all.filter((figures) => !(addedOf(figures).step < GOAL_MS))
console.log(
  `\nGoal: less than ${GOAL_MS} ms at the median. ${slow.length === 0 ? 'Met.' : `NOT met by ${slow.map(({ title }) => title).join(', ')}.`}`,
)
process.exitCode = slow.length === 0 ? 0 : 1
