import { inFile, type Mutant } from '../mutant.ts'

/** When a step may start, and what its edges are. */
export const edges: readonly Mutant[] = [
  ...inFile(
    'packages/core/src/run/edges.ts',
    'src/run/edges src/run/races src/run/loops src/run/revised-graph src/run/routing src/run/revision',
    [
      {
        rule: 'F4',
        off: 'all_success starts although a need failed',
        text: "case 'all_success':\n      if (dataFailed > 0)",
        becomes: "case 'all_success':\n      if (false)",
      },
      {
        rule: 'F4',
        off: 'all_success starts although a need was skipped',
        text: "if (dataSkipped > 0) return 'needs_skipped'",
        becomes: '',
      },
      {
        rule: 'F4',
        off: 'all_success does not wait for all needs',
        text: "return 'needs_skipped'\n      return isOver ? 'start' : undefined",
        becomes: "return 'needs_skipped'\n      return 'start'",
      },
      {
        rule: 'F4',
        off: 'none_failed starts although a need failed',
        text: "case 'none_failed':\n      if (dataFailed > 0)",
        becomes: "case 'none_failed':\n      if (false)",
      },
      {
        rule: 'F4',
        off: 'none_failed does not wait for all needs',
        text: 'if (!isOver) return undefined\n      return dataSucceeded > 0 ?',
        becomes: 'return dataSucceeded > 0 ?',
      },
      {
        rule: 'F4',
        off: 'none_failed starts although no need succeeded',
        text: "return dataSucceeded > 0 ? 'start' : 'needs_skipped'",
        becomes: "return 'start'",
      },
      {
        rule: 'F4',
        off: 'one_success waits for all needs',
        text: "if (dataSucceeded > 0) return 'start'",
        becomes: "if (dataSucceeded > 0 && isOver) return 'start'",
      },
      {
        rule: 'F4',
        off: 'one_success starts although no need succeeded',
        text: "return dataFailed > 0 ? 'needs_failed' : 'needs_skipped'",
        becomes: "return 'start'",
      },
      {
        rule: 'F4',
        off: 'all_done does not wait for all needs',
        text: "case 'all_done':\n      return isOver ? 'start' : undefined",
        becomes: "case 'all_done':\n      return 'start'",
      },
      {
        rule: 'F4',
        off: 'a step starts before all its route edges are decided',
        text: 'if (routesDecided < routes) return undefined',
        becomes: '',
      },
      {
        rule: 'F4',
        off: 'a step starts although no route was taken to it',
        text: "if (routesTaken > 0) return 'start'",
        becomes: "return 'start'",
      },
      {
        rule: 'F8',
        off: 'a step below a failed one is told as not routed',
        text: "return upstreamFailed ? 'upstream_failed' : 'not_routed'",
        becomes: "return 'not_routed'",
      },
      {
        rule: 'L4',
        off: 'a step outside of a loop sees a body step before the loop has exited',
        text: 'if (edge.guards.length > 0 && !edge.guards.every((loop) => hasExited(frame, loop))) return',
        becomes: '',
      },
      {
        rule: 'L4',
        off: 'the exit of a loop decides no edge that leaves its body',
        text: 'for (const loop of step.place.decides) decideEdgesLeaving(state, frame, loop)',
        becomes: '',
      },
      {
        rule: 'F5',
        off: 'a slower need takes the place of the winner',
        text: "if (races && target.status === 'pending') target.winner ??= source.place.id",
        becomes: 'if (races) target.winner = source.place.id',
      },
      {
        rule: 'L3',
        off: 'a loop that waits for its body is not asked again when the body rests',
        text: '  wakeRearms(state, frame)\n',
        becomes: '\n',
      },
      {
        rule: 'F6',
        off: 'a visit does not end when its last step settles',
        text: "if (frame.settled === frame.steps.length) push(state.agenda.due, { kind: 'close', frame })",
        becomes: '',
      },
      {
        rule: 'L1',
        off: 'a step becomes ready after a terminal one',
        text: 'const verdict = step.frame.closing ?? judge(step)',
        becomes: 'const verdict = judge(step)',
      },
      {
        rule: 'L1',
        off: 'a terminal step leaves waiting what has not begun',
        text: 'if (hasNotBegun(step)) pushSkip(agenda, step, reason)',
        becomes: '',
      },
    ],
  ),
  ...inFile('packages/core/src/flow/graph.ts', 'src/flow/graph src/run/edges src/run/races', [
    {
      rule: 'F1',
      off: 'a flow in which one step has needs is a sequence',
      text: 'steps.every((step) => step.needs === undefined)',
      becomes: 'steps.some((step) => step.needs === undefined)',
    },
    {
      rule: 'F2',
      off: 'a next onto a step that needs this one already adds an edge',
      text: 'if (to === undefined || isNeedAlready(step, steps[to]))',
      becomes: 'if (to === undefined)',
    },
    {
      rule: 'F2',
      off: 'a route that points back is a forward edge',
      text: "const isBack = edge.to === edge.from || reachable(edge.to, forward, 'forward').has(edge.from)",
      becomes: 'const isBack = false',
    },
    {
      rule: 'F5',
      off: 'a step that others depend on too is canceled with a race',
      text: 'if (!candidate.outgoing.every((edge) => lost.has(edge.to))) continue',
      becomes: '',
    },
    {
      rule: 'F5',
      off: 'what only a loser depended on runs on',
      text: 'queue.push(...candidate.incoming.map((edge) => edge.from))',
      becomes: '',
    },
    {
      rule: 'F3',
      off: 'a branch without a decision does not fall through to its default',
      text: 'return routing.default ?? successor',
      becomes: 'return successor',
    },
  ]),
  ...inFile(
    'packages/core/src/run/next-action.ts',
    'src/run/races src/run/refolded src/run/limits src/orchestrator/control',
    [
      {
        rule: 'F5',
        off: 'a loser that runs is not canceled',
        text: "? { kind: 'record', events: callOff(state, execution, { kind: 'lost' }) }",
        becomes: '? undefined',
      },
      {
        rule: 'L3',
        off: 'a skip that was decided before a re-arm still counts',
        text: 'if (edges !== step.edges || isSettled(status)',
        becomes: 'if (isSettled(status)',
      },
      {
        rule: 'law 2',
        off: 'an execution starts as often as a refold finds a start for it',
        text: "execution.status === 'ready' && execution.start === task",
        becomes: "execution.status === 'ready'",
      },
      {
        rule: 'S2',
        off: 'a step starts while the run pauses or stops',
        text: "(state.control === 'running' ? takeStart(state) : undefined)",
        becomes: 'takeStart(state)',
      },
      {
        rule: 'X2',
        off: 'limits.durationMs ends nothing that runs',
        text: "events: [exceeded, ...callOffFrame(state, frame, { kind: 'duration' })]",
        becomes: 'events: [exceeded]',
      },
    ],
  ),
  ...inFile('packages/core/src/run/fold-step.ts', 'src/run/edges src/run/races src/run/limits', [
    {
      rule: 'F3',
      off: 'a step skipped by its own condition takes no route',
      text: "event.reason === 'condition' ? execution.step.place.fallthrough : undefined",
      becomes: 'undefined',
    },
    {
      rule: 'F3',
      off: 'a step skipped for another reason takes its route',
      text: "event.reason === 'condition' ? execution.step.place.fallthrough : undefined",
      becomes: 'execution.step.place.fallthrough',
    },
    {
      rule: 'F3',
      off: 'a failure that is allowed takes no route',
      text: 'place.definition.allowFailure === true ? place.fallthrough : undefined',
      becomes: 'undefined',
    },
    {
      rule: 'F3',
      off: 'a failure that is not allowed takes a route',
      text: 'place.definition.allowFailure === true ? place.fallthrough : undefined',
      becomes: 'place.fallthrough',
    },
    {
      rule: 'F5',
      off: 'the loop of a loser whose decision is due goes round again',
      text: "if (loser.status === 'ended') loser.lost = true",
      becomes: "if (loser.status === 'ended') loser.lost = false",
    },
    {
      rule: 'F5',
      off: 'the start of a race calls no loser off',
      text: "else pushSkip(state.agenda, loser, 'lost')",
      becomes: '',
    },
  ]),
]
