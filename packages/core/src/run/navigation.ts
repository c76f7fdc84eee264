/**
 * My job: whether a navigator's proposal can be followed, and the navigator that follows the spec (rule N1).
 * My neighbours: `judge-route` looks at where it goes, `judge-growth` at what it adds.
 *
 * Invariants:
 * 1. A judgement depends on the question, the proposal and the limits alone, and tells every objection at once.
 * 2. Nothing that has begun is changed, and nothing runs again but by a loop of the flow's own, within its bound.
 */
import type {
  NavigationLimits,
  NavigationProposal,
  NavigationQuestion,
  Navigator,
} from '../engine/navigator.ts'
import { toPlainError } from '../errors/plain-error.ts'
import { judgeAddition, judgePatch } from './judge-growth.ts'
import { judgeDetour, judgeInjection, judgeLoop, judgeTarget } from './judge-route.ts'
import { type NavigationObjection, type Objections, object } from './objection.ts'

/** What becomes of a proposal: nothing to object to, or everything that there is. */
export type NavigationJudgement =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly reasons: readonly NavigationObjection[] }

/** The navigator that is taken when there is no other: it does what the spec says and calls no model. */
export const specNavigator: Navigator = {
  specVersion: 1,
  id: 'spec',
  navigate: ({ golden }) => ({ kind: 'continue', rationale: golden.reason, confidence: 1 }),
}

/** Judges a proposal by the flow, the visit and the limits. Never throws, whatever it is given. */
export function validateProposal(
  question: NavigationQuestion,
  proposal: NavigationProposal,
  limits: NavigationLimits = {},
): NavigationJudgement {
  const reasons = judge(question, proposal, limits)
  return reasons.length === 0 ? { accepted: true } : { accepted: false, reasons }
}

/** What is no proposal at all is an objection like any other (law 5). */
function judge(
  question: NavigationQuestion,
  proposal: NavigationProposal,
  limits: NavigationLimits,
): Objections {
  try {
    return [...judgeReasons(proposal), ...judgeRoute(question, proposal, limits)]
  } catch (thrown) {
    const { code, message } = toPlainError(thrown, 'proposal_malformed')
    return object(code, message)
  }
}

function judgeReasons({ kind, rationale, confidence }: NavigationProposal): Objections {
  const isExplained = kind === 'continue' || rationale.trim() !== ''
  const isSure = confidence >= 0 && confidence <= 1
  return [
    ...(isExplained
      ? []
      : object('rationale_missing', `"${kind}" leaves the path of the spec without a rationale. Give one.`)),
    ...(isSure
      ? []
      : object('confidence_out_of_range', `The confidence is ${confidence}, but must be from 0 to 1.`)),
  ]
}

function judgeRoute(
  question: NavigationQuestion,
  proposal: NavigationProposal,
  limits: NavigationLimits,
): Objections {
  switch (proposal.kind) {
    case 'continue':
    case 'pause':
    case 'terminate':
      return []
    case 'loop':
      return judgeLoop(question, proposal.target)
    case 'branch':
      return judgeTarget(question, proposal.target)
    case 'detour':
      return [...judgeDetour(question, proposal.detour), ...judgeAddition(question, proposal, limits)]
    case 'inject_flow':
      return [
        ...judgeInjection(question, proposal.flow, limits),
        ...judgeAddition(question, proposal, limits),
      ]
    case 'inject_nodes':
      return judgeAddition(question, proposal, limits)
    case 'extend_graph':
      return judgePatch(question, proposal.patch, limits)
    default:
      return object('proposal_malformed', `There is no route "${String(Reflect.get(proposal, 'kind'))}".`)
  }
}
