/** My job: what a handle on a run can be asked; what is wrong is told before anything is done. */
import { checkRequest } from '../../input/check-input.ts'
import { type MembersOf, must } from '../../input/shape.ts'
import type { ControlOptions, RespondOptions, RunEventsOptions } from '../options.ts'
import { isAnswerer } from '../request-input.ts'

const eventsOptions: MembersOf<RunEventsOptions> = {
  'fromSeq?': 'whole',
  'follow?': 'flag',
  'signal?': 'signal',
}

/** Nobody passes for Baton itself. */
const answerer = must(
  'a text that is not blank, and none of "policy", "deadline" and "run", which are Baton\'s own',
  isAnswerer,
)

const respondOptions: MembersOf<RespondOptions> = { 'by?': answerer }

const controlOptions: MembersOf<ControlOptions> = {
  'by?': 'text',
  'reason?': must('a text', (value) => typeof value === 'string'),
}

/** Throws `request_invalid`. */
export function checkEventsOptions(options: RunEventsOptions): void {
  checkRequest('run.events', { options }, { options: { members: eventsOptions } })
}

/** Throws `request_invalid`. What the answer must be is for the request to judge. */
export function checkResponse(requestId: string, answer: object, options: RespondOptions): void {
  const isThere = must(
    '{ approved }, { answers } or { payload }, by what was asked',
    (value) => value !== undefined,
  )
  const shapes = { requestId: 'text', answer: isThere, options: { members: respondOptions } } as const
  checkRequest('run.respond', { requestId, answer, options }, shapes)
}

/** Throws `request_invalid`; `door` is what was called. */
export function checkControl(door: string, options: ControlOptions): void {
  checkRequest(door, { options }, { options: { members: controlOptions } })
}
