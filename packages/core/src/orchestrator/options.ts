/** My job: the shapes of the public API: what goes in, what comes out. */
import type { CheckRunner } from '../engine/check-runner.ts'
import type { StepEngine } from '../engine/engine.ts'
import type { PermissionPolicy } from '../engine/permissions.ts'
import type { PlainError } from '../errors/plain-error.ts'
import type { StepScope, Usage } from '../events/envelope.ts'
import type {
  AnswerRejected,
  ApprovalRequested,
  CallbackAwaited,
  ClarificationNeeded,
  ProposedAction,
} from '../events/request-events.ts'
import type { Census } from '../events/run-events.ts'
import type { SwarmEvent } from '../events/swarm-event.ts'
import type { Budget } from '../flow/budget.ts'
import type { FlowLimits, RetryPolicy } from '../flow/definition.ts'
import type { Flow } from '../flow/flow.ts'
import type { JsonObject, JsonValue } from '../flow/json.ts'
import type { OpenRequest, RunStatus } from '../storage/run-summary.ts'
import type { Answer, RunStorage } from '../storage/storage.ts'
import type { Clock } from './clock.ts'

/** What an orchestrator is made of. */
export interface OrchestratorOptions {
  /**
   * The flows that can be run, or that others run as children; needless to list, read, answer or control
   * runs. @default none
   */
  readonly flows?: readonly Flow[]
  /** The engines that steps can name. The first is the default. @default none */
  readonly engines?: readonly StepEngine[]
  /** Where runs are kept. @default createMemoryStorage() */
  readonly storage?: RunStorage
  /** Engine of steps that name none. @default the first engine */
  readonly engine?: string
  /** Runs verification commands; without it they never pass (rule L7). @default none */
  readonly checks?: CheckRunner
  /** Calls at once, in a run and of an engine (rule B2). @default no bound */
  readonly slots?: SlotPolicy
  /** Retries of steps that say nothing else. @default twice, after at most 1 s and 2 s */
  readonly retry?: RetryPolicy
  /**
   * Which engines make the next attempt, one after the other, when the one that a step uses cannot run
   * (`engine_unavailable`, `auth`); by its id. @default none
   */
  readonly fallbacks?: Readonly<Record<string, readonly FallbackEngine[]>>
  /** How long calls wait for an account whose quota is used up. @default what the engine asks for */
  readonly quota?: QuotaPolicy
  /**
   * What agents may do without asking: their calls of `approve` are answered by it as far as it knows what to say.
   * @default everything is asked
   */
  readonly permissions?: PermissionPolicy
  /**
   * Values that must never be recorded or shown, such as keys in the environment of agents: each has at least 8
   * characters. They are taken out of what engines, functions and checks say; a request, a flow or an answer that
   * holds one is refused. Those that engines declare need not be repeated. @default none
   */
  readonly secrets?: readonly string[]
  /** What an append waits for: the device, or the operating system. @default 'disk' */
  readonly sync?: 'disk' | 'os'
  /** How long `stop` waits for running calls, in milliseconds. @default 30_000 */
  readonly drainMs?: number
  /** How long an aborted call may take to clean up, in milliseconds. @default 5_000 */
  readonly graceMs?: number
  /** Folder that agents and checks work in. @default none */
  readonly workspace?: string
  /** Who this process is in `run_started` and `run_resumed`. @default 'host' */
  readonly owner?: string
  /** What durations, deadlines and delays are measured by. @default the machine's */
  readonly clock?: Clock
  /** Numbers in [0, 1) for run ids and jitter. @default Math.random */
  readonly random?: () => number
}

/** An engine that stands in for another. */
export interface FallbackEngine {
  /** Its id. */
  readonly engine: string
  /** The model to ask it for: it knows none of the other's. @default its own */
  readonly model?: string
}

/** How long calls wait for an account whose quota is used up (rule B1). */
export interface QuotaPolicy {
  /** Milliseconds to wait when the engine does not say for how long. @default 300_000 */
  readonly waitMs?: number
  /** Upper bound of a wait, also of one that an engine asks for. @default 86_400_000 */
  readonly maxWaitMs?: number
}

/** How many calls may run at once, and how often they may begin. */
export interface SlotPolicy {
  /** Calls of one run, functions included. @default no bound */
  readonly perRun?: number
  /** Calls of each engine, over all runs of this orchestrator. @default no bound */
  readonly perEngine?: Readonly<Record<string, number>>
  /** Calls of each engine that may begin within a time. @default no bound */
  readonly rates?: Readonly<Record<string, Rate>>
}

/** A number of calls within a time. */
export interface Rate {
  /** How many may begin. */
  readonly calls: number
  /** Within how many milliseconds. */
  readonly perMs: number
}

/** What is to be run. With one flow configured none of it is needed. */
export interface RunRequest {
  /** One flow. @default the only one */
  readonly flow?: string
  /** Several flows, one after the other; instead of `flow`. @default the one flow */
  readonly flows?: readonly string[]
  /** Whether `onComplete` and `onFailure` lead beyond the list (rule V2). @default 'list' */
  readonly follow?: 'list' | 'macro'
  /** What prompts read as `$params`, checked against the flow's `params`. @default {} */
  readonly params?: JsonObject
  /** First step of the first flow that runs; those declared before it are skipped. @default the first */
  readonly startStep?: string
  /** Last step of the last flow that runs. @default the last */
  readonly endStep?: string
  /** Who asked for the run. @default 'host' */
  readonly initiator?: string
  /** Bounds of the run. @default those of its flows */
  readonly limits?: FlowLimits
  /** What all calls of the run may take together (rule B3). @default no bound */
  readonly budget?: Budget
  /** Engine of steps that name none. @default the orchestrator's */
  readonly engine?: string
  /** Model of steps that name none. @default the engine's own */
  readonly model?: string
  /** Stops the run in order (rule S2) when it aborts. @default none */
  readonly signal?: AbortSignal
  /** The run's name, also of its folder. @default run-YYYYMMDD-HHMMSS-xxxxxx */
  readonly runId?: string
  /** Called once for each request, by each process that takes the run up; what it returns is the answer, `undefined` leaves it open. @default none */
  readonly onRequest?: RequestHandler
}

/** Answers requests from the host. */
export type RequestHandler = (
  request: OpenRequest & { readonly runId: string; readonly content: RequestContent },
) => HostAnswer | undefined | Promise<HostAnswer | undefined>

/** The recorded request, with its questions or its action. */
export type RequestContent = ApprovalRequested | ClarificationNeeded | ProposedAction | CallbackAwaited

/** An answer from the host. */
export interface HostAnswer {
  readonly answer: Answer
  /** Who answers. @default 'host' */
  readonly by?: string
}

/** How a run goes on. */
export interface ResumeOptions {
  /**
   * Which definitions to go on with when those of the orchestrator differ from the stored ones (rule
   * S6). @default neither: a difference is `flow_changed`, and nothing is done
   */
  readonly flow?: 'stored' | 'current'
  /** Runs failed steps again and what they skipped. @default false */
  readonly retryFailed?: boolean
  /** Limits to set anew; `durationMs` goes before that of the visits there are, too. @default as they are */
  readonly limits?: FlowLimits
  /** Members of the run's budget to set anew; what it held up goes on. @default as they are */
  readonly budget?: Budget
  /** Takes the run from an owner on another host. @default false */
  readonly takeover?: boolean
  /** As on a request. @default none */
  readonly signal?: AbortSignal
  /** As on a request. @default none */
  readonly onRequest?: RequestHandler
}

/** How a run ended, or where it rests. */
export interface RunResult {
  readonly runId: string
  readonly status: RunStatus
  /** The last flow's output: data, else text. */
  readonly output: JsonValue
  /** Output of each step of the last visit of the last flow. */
  readonly outputs: Readonly<Record<string, JsonValue>>
  /** Left out while the run is not over. */
  readonly census?: Census
  readonly openRequests: readonly OpenRequest[]
  /** Sum of the known usage of all calls. */
  readonly usage: Usage
  /** Sum of the known costs in US dollars; left out when no call told one. */
  readonly costUsd?: number
  /** Calls that told their usage but not their cost (law 6): with any, `costUsd` is a lower bound. */
  readonly unpricedCalls: number
  /** Why it failed; else `output_lost` when an output can no longer be read, which is then left out above. */
  readonly error?: PlainError
  /** The flow that would come next. */
  readonly nextFlow?: string
}

/** A handle on a run, in this process or another. */
export interface Run {
  readonly id: string
  /**
   * Events from a place on; with `follow` (the default) until the run is over or rests: as long as a process
   * owns it. Throws what the storage failed with. Leaving only stops reading.
   */
  events(options?: RunEventsOptions): AsyncGenerator<SwarmEvent, void, void>
  /**
   * How the run ended, or where it rests once no process owns it any more: stopped, waiting for people, or
   * interrupted. For a run of another process it follows the journal until then. Of a run that rests it can be
   * asked for again. Rejects with what the storage failed with.
   */
  readonly result: Promise<RunResult>
  /** Answers a request (rule H2): `{ approved, comment? }`, `{ answers }` or `{ payload }`, by what was asked. */
  respond(requestId: string, answer: Answer, options?: RespondOptions): Promise<Acknowledgement>
  /** Nothing new starts; running steps finish. */
  pause(options?: ControlOptions): Promise<Acknowledgement>
  /** Goes on after a pause. */
  continue(options?: ControlOptions): Promise<Acknowledgement>
  /** Drains running steps and leaves a run that can be resumed. */
  stop(options?: ControlOptions): Promise<Acknowledgement>
  /** Aborts at once and ends the run. */
  cancel(options?: ControlOptions): Promise<Acknowledgement>
}

/** Which events to read. */
export interface RunEventsOptions {
  /** @default 1 */
  readonly fromSeq?: number
  /** @default true */
  readonly follow?: boolean
  readonly signal?: AbortSignal
}

/** Who answers. */
export interface RespondOptions {
  /** @default 'host' */
  readonly by?: string
}

/** Who asks, and why. */
export interface ControlOptions {
  /** @default 'host' */
  readonly by?: string
  readonly reason?: string
}

/** What became of an answer or of a control request. */
export type Acknowledgement =
  | { readonly accepted: true; readonly seq: number }
  /** What was wrong with it, for a program and for a person. */
  | {
      readonly accepted: false
      readonly reason: AnswerRejected['reason'] | 'control_ignored' | 'run_over'
      readonly message: string
    }
  /** Nobody owns the run: it counts as soon as somebody resumes it. */
  | { readonly queued: true; readonly inputId: string }

/** What a resume would do, without doing it. */
export interface ResumePlan {
  readonly runId: string
  readonly status: RunStatus
  readonly steps: readonly PlannedStep[]
  /** Flows whose definition differs from the stored one. */
  readonly changedFlows: readonly string[]
  /** Engines that steps to come need and that this orchestrator does not have: a resume is refused. */
  readonly missingEngines: readonly MissingEngine[]
}

/** An engine that is not configured. */
export interface MissingEngine {
  /** Left out when the steps name none, and there is none. */
  readonly engine?: string
  /** The steps that need it, as `frame/step`, or `flow/step` where there is no visit yet. */
  readonly steps: readonly string[]
}

/** One step of a {@link ResumePlan}. */
export interface PlannedStep extends Pick<StepScope, 'frame' | 'stepId'> {
  readonly item?: string
  readonly iteration: number
  readonly action: 'reuse' | 'rerun' | 'run' | 'wait' | 'blocked' | 'skipped'
  readonly cause: string
}
