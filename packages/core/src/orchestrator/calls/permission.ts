/**
 * My job: what the host's policy says of an action that an agent proposes (law 7).
 *
 * Invariant: whatever is not understood is asked; only what the host named is allowed.
 */
import type { PermissionDecision, PermissionLists, PermissionPolicy } from '../../engine/permissions.ts'
import { toPlainError } from '../../errors/plain-error.ts'
import type { ProposedActionContent } from '../../events/request-events.ts'
import { show } from '../../input/value.ts'
import { formatAddress } from '../../run/address.ts'
import type { Session } from '../session.ts'
import type { RunningCall } from './running-call.ts'

/** What becomes of an action: `deny`, `decide`, `allow` and `otherwise` are asked in this order. */
export function permissionFor(
  session: Session,
  call: RunningCall,
  action: ProposedActionContent,
): PermissionDecision {
  const { permissions } = session.host
  const { allow, deny, otherwise } = listsOf(permissions)
  if (isNamed(deny, action.name) || isNamed(deny, bare(action.name))) return 'deny'
  const decision = decide(session, call, action)
  return decision ?? (isNamed(allow, action.name) ? 'allow' : otherwise)
}

/** The lists of a policy with their defaults. */
export function listsOf({ allow = [], deny = [], otherwise = 'ask' }: PermissionPolicy): PermissionLists {
  return { allow, deny, otherwise }
}

/** What an agent can be told beforehand: with a `decide`, whatever is not denied is looked at when it is proposed. */
export function listsToTell(policy: PermissionPolicy): PermissionLists {
  const lists = listsOf(policy)
  return policy.decide === undefined ? lists : { ...lists, allow: [], otherwise: 'ask' }
}

/** What the host's own function says. A mistake of it is told, and the action is asked about. */
function decide(
  session: Session,
  call: RunningCall,
  action: ProposedActionContent,
): PermissionDecision | undefined {
  const { decide: ask } = session.host.permissions
  if (ask === undefined) return undefined
  const told = tryOut(() => ask(action, { ...call.scope, runId: session.state.runId }))
  if (!('problem' in told)) return told.decision
  const text = session.host.secrets.text(
    `permissions.decide ${told.problem}; "${action.name}" is asked about.`,
  )
  const address = formatAddress(call.scope)
  session.record({ type: 'diagnostic', code: 'permission_undecided', message: text, address })
  return 'ask'
}

type Told = { readonly decision: PermissionDecision | undefined } | { readonly problem: string }

function tryOut(ask: () => unknown): Told {
  try {
    const decision = ask()
    if (decision === undefined || isDecision(decision)) return { decision }
    Promise.resolve(decision).catch(() => {})
    const what = decision instanceof Promise ? 'a promise' : show(decision)
    return { problem: `gave ${what} instead of "allow", "deny", "ask" or undefined` }
  } catch (thrown) {
    return { problem: `threw: ${toPlainError(thrown).message}` }
  }
}

function isDecision(value: unknown): value is PermissionDecision {
  return value === 'allow' || value === 'deny' || value === 'ask'
}

/** A name with blanks or characters that nobody sees around it is denied as without them, and allowed as nothing. */
function isNamed(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matches(pattern, name))
}

function bare(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\s]+/gu, '')
}

/** Whether a name has the parts between the asterisks, in their order; linear in its length. */
function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return pattern === name
  if (!name.startsWith(first)) return false
  let from = first.length
  for (const part of rest) {
    const at = name.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return name.length - last.length >= from && name.endsWith(last)
}
