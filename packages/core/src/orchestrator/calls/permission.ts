/**
 * My job: what the host's policy says of an action that an agent proposes (law 7).
 *
 * Invariant: whatever is not understood is asked; only what the host named is allowed.
 */
import type { PermissionDecision, PermissionLists, PermissionPolicy } from '../../engine/permissions.ts'
import type { ProposedActionContent } from '../../events/request-events.ts'
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
  const decision = decide(permissions, action, { ...call.scope, runId: session.state.runId })
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

function decide(
  { decide: ask }: PermissionPolicy,
  ...[action, scope]: Parameters<NonNullable<PermissionPolicy['decide']>>
): PermissionDecision | undefined {
  if (ask === undefined) return undefined
  try {
    const decision: unknown = ask(action, scope)
    if (decision === undefined) return undefined
    return decision === 'allow' || decision === 'deny' ? decision : 'ask'
  } catch {
    return 'ask'
  }
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
