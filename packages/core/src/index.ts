/** @batonjs/core: flows of agent steps, one ordered record of events, any engine, any storage. */

export type { CheckContext, CheckRunner, CommandOutcome } from './engine/check-runner.ts'
export type {
  ApprovalAnswer,
  AskOptions,
  ExecutionContext,
  FactBoard,
  FactView,
  FunctionContext,
  PromptParts,
  RecordableEvent,
  RecordedAnswer,
  RequestOptions,
  StepContext,
} from './engine/context.ts'
export type { EngineProbe, StepEngine } from './engine/engine.ts'
export {
  type EngineFailureCode,
  type EngineFailureOptions,
  engineFailure,
  failureOfStatus,
} from './engine/failure.ts'
export type {
  Detour,
  GoldenPath,
  Injection,
  LoopStanding,
  NavigationContext,
  NavigationLimits,
  NavigationProposal,
  NavigationQuestion,
  NavigationReasons,
  NavigationRoute,
  Navigator,
  StepStanding,
} from './engine/navigator.ts'
export type { PermissionDecision, PermissionLists, PermissionPolicy } from './engine/permissions.ts'
export type { EngineEvent, StepFailure, StepResult } from './engine/result.ts'
export { didYouMean } from './errors/closest.ts'
export { type PlainError, toPlainError } from './errors/plain-error.ts'
export {
  EngineError,
  FlowError,
  RunError,
  StorageError,
  SwarmError,
  type SwarmErrorOptions,
} from './errors/swarm-error.ts'
export { JOURNAL_FORMAT, parseEvent } from './events/encoding.ts'
export type {
  Assumption,
  CallBudget,
  DecisionNote,
  EventEnvelope,
  FactEntry,
  FactInput,
  FlowScope,
  Handoff,
  OutputRecord,
  Spending,
  StepOutput,
  StepScope,
  Usage,
} from './events/envelope.ts'
export { isDurableType } from './events/event-types.ts'
export type {
  FlowEnd,
  FlowEvent,
  FlowInjected,
  FlowRevised,
  FlowStart,
  FrameParent,
  GraphExtended,
  MacroRoute,
  NodeInjected,
  RevisedStep,
  StackOverflowPrevented,
  StackPop,
  StackPush,
} from './events/flow-events.ts'
export type {
  BudgetExceeded,
  CustomEvent,
  Diagnostic,
  OpenEvent,
  QuotaWaiting,
  SwarmFamilyEvent,
  SwarmFamilyRecord,
  SwarmFamilyType,
} from './events/open-events.ts'
export type {
  ActionResolved,
  AnswerRejected,
  ApprovalRequested,
  ApprovalResolved,
  CallbackAwaited,
  CallbackReceived,
  ClarificationAnswered,
  ClarificationNeeded,
  ProposedAction,
  ProposedActionContent,
  RequestEvent,
  RequestRecord,
  RequestResolution,
} from './events/request-events.ts'
export type {
  AssumptionRecorded,
  CheckResult,
  DecisionRecorded,
  FactsUpdated,
  RearmedStep,
  RoutingDecision,
  RoutingEvent,
  RoutingOffroad,
  VerificationFailed,
  VerificationPassed,
  VerificationStarted,
} from './events/routing-events.ts'
export type {
  Census,
  CensusFailure,
  CutOffCall,
  FlowTransitionRecord,
  LoopExit,
  RunCompleted,
  RunCreated,
  RunEvent,
  RunManifest,
  RunPaused,
  RunPausing,
  RunResumed,
  RunStarted,
  RunStopped,
  RunStopping,
} from './events/run-events.ts'
export type {
  AttemptMeasures,
  EngineFallback,
  FileChange,
  FileChanges,
  MapExpanded,
  MapItem,
  SkipReason,
  StepEnd,
  StepError,
  StepEvent,
  StepSession,
  StepSkipped,
  StepStart,
  ToolEnd,
  ToolStart,
} from './events/step-events.ts'
export {
  type ChunksDropped,
  type DurableEvent,
  type EventDraft,
  isDurable,
  type RetryNotice,
  type SwarmEvent,
  type SwarmEventType,
  type TokenChunk,
  type TransientEvent,
} from './events/swarm-event.ts'
export type { Budget } from './flow/budget.ts'
export { defineFlow } from './flow/define-flow.ts'
export type {
  AgentStep,
  ApprovalStep,
  FlowDefaults,
  FlowDefinition,
  FlowLimits,
  FlowStep,
  FlowTransition,
  FunctionStep,
  HistoryPolicy,
  MapItemStep,
  MapStep,
  Question,
  QuestionStep,
  RequestPolicy,
  RetryPolicy,
  StepDefinition,
  StepKind,
  StepPolicy,
  TeachingNotes,
  TriggerRule,
  Verification,
  VerificationCommand,
  WaitStep,
} from './flow/definition.ts'
export { digestText } from './flow/digest.ts'
export type {
  AgentStepInput,
  Flow,
  FlowInput,
  FunctionStepInput,
  MapItemInput,
  MapStepInput,
  StandardSchema,
  StepFunction,
  StepInput,
} from './flow/flow.ts'
export type { FlowIssue, FlowIssueCode } from './flow/issue.ts'
export type { JsonObject, JsonSchema, JsonValue } from './flow/json.ts'
export { type LintFlowsOptions, lintFlow, lintFlows } from './flow/lint-flow.ts'
export { type ParseFlowOptions, parseFlow } from './flow/parse-flow.ts'
export type {
  BranchCase,
  BranchRouting,
  ConditionCase,
  FieldCase,
  LinearRouting,
  MicroloopRouting,
  Routing,
  TerminalRouting,
} from './flow/routing.ts'
export { checkOptions } from './input/check-input.ts'
export type { MembersOf, Shape } from './input/shape.ts'
export { engineEventProblems } from './orchestrator/calls/engine-event.ts'
export { createEngineQueue, type EngineQueue } from './orchestrator/calls/engine-queue.ts'
export { stepResultProblems } from './orchestrator/calls/engine-result.ts'
export { type Clock, systemClock } from './orchestrator/clock.ts'
export { createOrchestrator, type Orchestrator } from './orchestrator/create-orchestrator.ts'
export { checkArtifactPath, checkRunId } from './orchestrator/memory/artifact-path.ts'
export { createMemoryStorage } from './orchestrator/memory/memory-storage.ts'
export type {
  Acknowledgement,
  ControlOptions,
  FallbackEngine,
  HostAnswer,
  MissingEngine,
  OrchestratorOptions,
  PlannedStep,
  QuotaPolicy,
  Rate,
  RequestContent,
  RequestHandler,
  RespondOptions,
  ResumeOptions,
  ResumePlan,
  Run,
  RunEventsOptions,
  RunRequest,
  RunResult,
  SlotPolicy,
} from './orchestrator/options.ts'
export { formsOf as secretForms } from './orchestrator/secrets/secret-forms.ts'
export type { WatchedEvents, WatchedType, Watcher } from './orchestrator/watchers.ts'
export { type NavigationJudgement, specNavigator, validateProposal } from './run/navigation.ts'
export type { NavigationObjection } from './run/objection.ts'
export { createRunSummarizer, type RunSummarizer, summarizeRun } from './run/summary.ts'
export type { ArtifactStore, PutOptions } from './storage/artifact-store.ts'
export type { OpenRequest, RunOwner, RunStatus, RunSummary } from './storage/run-summary.ts'
export type {
  Answer,
  AnswerInput,
  AppendOptions,
  ApprovalDecision,
  CallbackPayload,
  ControlInput,
  CreateRunOptions,
  OpenRunOptions,
  QuestionAnswers,
  ReadEventsOptions,
  RunInput,
  RunPage,
  RunQuery,
  RunStorage,
  RunWriter,
  StorageNotice,
  UnreadableRun,
} from './storage/storage.ts'
