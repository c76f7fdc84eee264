import type { PermissionLists } from '@batonjs/core'

/**
 * Whether the host's policy refuses a tool, whatever the tool says of itself: it is on the list of what is denied, or
 * everything is that is not allowed.
 */
export function isRefused(name: string, { allow, deny, otherwise }: PermissionLists): boolean {
  return isNamed(deny, name) || (otherwise === 'deny' && !isNamed(allow, name))
}

function isNamed(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => toExpression(pattern).test(name))
}

/** `*` stands for any characters. */
function toExpression(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}
