import { approved, rejected } from './approval.ts'
import type { Case } from './case.ts'
import { cancel, hang } from './endings.ts'
import { auth, brokenStream, overloaded, rateLimit } from './failures.ts'
import { kill } from './kill.ts'
import { kit } from './kit.ts'
import { longLine } from './long-line.ts'
import { repaired, structured } from './structured.ts'
import { text } from './text.ts'
import { tool } from './tool.ts'

/** The rows of the table. */
export const CASES: readonly Case[] = [
  text,
  tool,
  approved,
  rejected,
  structured,
  repaired,
  auth,
  rateLimit,
  overloaded,
  brokenStream,
  hang,
  cancel,
  kill,
  longLine,
  kit,
]
