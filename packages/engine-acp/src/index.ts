/** @batonjs/engine-acp: any agent that speaks the Agent Client Protocol, as an engine. */

export { createAcpEngine } from './acp-engine.ts'
export type { AcpEngineOptions, AcpMcpServer } from './acp-options.ts'
export type { AcpClientApp, AcpConnection, AcpSdk, AcpStream } from './acp-sdk.ts'
export type { TextQuirks } from './agent-text.ts'
export { type AgentError, failureOfAgent } from './failure.ts'
export { type AcpPreset, type AcpPresetName, type AcpQuirks, acpPresets } from './presets.ts'
export type { ToolQuirks } from './tool-calls.ts'
export type { CostSpan } from './usage.ts'
