/** My job: the agents that are known, and what each does in a way of its own. */
import type { EngineFailureCode, JsonObject, PermissionLists } from '@batonjs/core'
import type { TextQuirks } from './agent-text.ts'
import type { ToolQuirks } from './tool-calls.ts'
import type { CostSpan } from './usage.ts'

/** What an agent does in a way of its own. */
export interface AcpQuirks extends ToolQuirks, TextQuirks {
  /** Whether a session can be continued in another process. @default as the agent says */
  readonly continues?: boolean
  /** Whether it can tell what a call costs. False: a budget of dollars refuses its calls. @default it may */
  readonly tellsCost?: boolean
  /** What the cost that it tells sums up. @default 'session' */
  readonly costSpan?: CostSpan
  /** Whether it exits when its stdin is closed. @default true */
  readonly endsWithInput?: boolean
  /** What it means by the stop reason `max_tokens`. @default 'bad_output' */
  readonly maxTokens?: EngineFailureCode
}

/** An agent that is known by name. */
export interface AcpPreset {
  readonly command: string
  readonly args: readonly string[]
  /** What to do when the command is missing. */
  readonly install: string
  /** Names of the environment that it is given beside the everyday ones; `*` at the end stands for any rest. */
  readonly environment: readonly string[]
  /** What it is given unless `env` says otherwise. */
  readonly set: Readonly<Record<string, string>>
  /** The same in a workspace that is not trusted, and in one that is. */
  readonly cautious?: Readonly<Record<string, string>>
  readonly trusting?: Readonly<Record<string, string>>
  /** What each session is told beside the protocol, as its `_meta`. @default nothing */
  readonly metaOf?: (terms: MetaTerms) => JsonObject
  readonly provider?: string
  /** The model when nobody asks for one. @default the agent's own */
  readonly model?: string
  readonly quirks: AcpQuirks
}

/** What the host says of a session beside its options. */
export interface MetaTerms {
  readonly trustsWorkspace: boolean
  readonly permissions: PermissionLists
}

/** The name of a preset. */
export type AcpPresetName = 'gemini' | 'claude' | 'codex' | 'opencode'

/** Everything asks but what only looks. */
const ASKING = { '*': 'ask', read: 'allow', list: 'allow', glob: 'allow', grep: 'allow' }

/** The agents that `preset` names. */
export const acpPresets: Readonly<Record<AcpPresetName, AcpPreset>> = {
  gemini: {
    command: 'gemini',
    args: ['--acp'],
    install: 'Install it with: npm install -g @google/gemini-cli',
    environment: ['GEMINI_*', 'GOOGLE_*'],
    // Without it the program only starts another one, and ignores signals itself.
    set: { GEMINI_CLI_NO_RELAUNCH: 'true' },
    trusting: { GEMINI_CLI_TRUST_WORKSPACE: 'true' },
    provider: 'google',
    // Left to itself it asks a small model first which one to ask, and that for minutes when the service is busy.
    model: 'gemini-2.5-pro',
    // In 0.61 `session/load` empties the session that it is to load.
    quirks: { continues: false, tellsCost: false, toolNameInId: true, maxTokens: 'context_overflow' },
  },
  claude: {
    command: 'claude-agent-acp',
    args: [],
    install: 'Install it with: npm install -g @agentclientprotocol/claude-agent-acp',
    // Not all of `CLAUDE_*`: a Claude around this process has set some for itself.
    environment: [
      'ANTHROPIC_*',
      'CLAUDE_CONFIG_DIR',
      'CLAUDE_CODE_OAUTH_TOKEN',
      'CLAUDE_CODE_USE_*',
      'CLAUDE_CODE_EXECUTABLE',
      'IS_SANDBOX',
    ],
    set: {
      // Else it repeats a call that fails for minutes without a word; core repeats it in the open.
      CLAUDE_CODE_MAX_RETRIES: '1',
      // A task that goes on in the background would answer after the answer.
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    },
    // Left to itself it takes permissions and hooks out of the workspace; and what is denied it would not always ask for.
    metaOf: ({ trustsWorkspace, permissions: { deny } }) => {
      const disallowedTools = deny.filter((name) => !name.includes('*'))
      const options = { disallowedTools, ...(trustsWorkspace ? {} : { settingSources: [] }) }
      return { claudeCode: { options } }
    },
    provider: 'anthropic',
    quirks: { costSpan: 'process', mendsMessages: true },
  },
  codex: {
    command: 'codex-acp',
    // The settings of the user may say never to ask.
    args: ['-c', 'approval_policy="untrusted"'],
    install: 'Install it with: npm install -g @zed-industries/codex-acp',
    environment: ['CODEX_*', 'OPENAI_*'],
    set: {},
    provider: 'openai',
    quirks: {
      tellsCost: false,
      endsWithInput: false,
      notInput: [
        'call_id',
        'turn_id',
        'process_id',
        'started_at_ms',
        'available_decisions',
        'proposed_execpolicy_amendment',
      ],
    },
  },
  opencode: {
    command: 'opencode',
    args: ['acp'],
    install: 'Install it with: npm install -g opencode-ai',
    environment: ['OPENCODE_*', 'XDG_*', 'ANTHROPIC_*', 'OPENAI_*', 'GEMINI_*', 'GOOGLE_*'],
    // Left to itself it asks for next to nothing, and the workspace may say more.
    set: { OPENCODE_PERMISSION: JSON.stringify(ASKING) },
    cautious: { OPENCODE_DISABLE_PROJECT_CONFIG: 'true' },
    quirks: { asksWhileRunning: true },
  },
}
