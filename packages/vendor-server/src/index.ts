export type { Conversation, Message, Question, ToolOutput, Vendor } from './conversation.ts'
export type { VendorRequest } from './request-record.ts'
export type { Cases, Decide, Line, Script } from './script.ts'
export { startVendorServer, type VendorServer, type VendorServerOptions } from './server.ts'
export {
  type Answer,
  type AnswerOptions,
  type Break,
  type Data,
  type Failure,
  type FailureOptions,
  fails,
  gives,
  type Hold,
  hangs,
  type Silence,
  type Stop,
  says,
  type TokenCount,
  type ToolUse,
  type Turn,
  uses,
} from './turn.ts'
