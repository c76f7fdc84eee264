/**
 * Whether routing that reads this field reads the verdict (rules L6 and L7): so it does when it names none, and
 * by the name that the sources have for it. Their `status` is also a field of its own until a check fails.
 */
export function isVerdictField(field: string | undefined): boolean {
  return field === undefined || field === 'verdict' || field === 'status'
}
