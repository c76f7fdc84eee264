import { inFile, type Mutant } from '../mutant.ts'

const canary = 'src/orchestrator/secrets'

/** The doors at which declared secrets are taken out (fault 39). */
export const secrets: readonly Mutant[] = [
  ...inFile('packages/core/src/orchestrator/calls/engine-event.ts', canary, [
    {
      rule: 'fault 39',
      off: 'what an engine yields is recorded as it is',
      text: 'toPlainJson(secrets.copy(raw),',
      becomes: 'toPlainJson(raw,',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/engine-result.ts', canary, [
    {
      rule: 'fault 39',
      off: 'what an engine returns is recorded as it is',
      text: 'const raw = secrets.copy(given)',
      becomes: 'const raw = given',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/engine-run.ts', canary, [
    {
      rule: 'fault 39',
      off: 'a session that holds a secret is kept',
      text: "if (event?.type === 'session' && secrets.holds(raw))",
      becomes: "if (event?.type === 'session' && false)",
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/call.ts', canary, [
    {
      rule: 'fault 39',
      off: 'what a call throws is recorded as it is',
      text: "return { error: session.host.secrets.plainError(thrown, isFunction ? 'function_failed' : 'engine_error') }",
      becomes: "return { error: toPlainError(thrown, isFunction ? 'function_failed' : 'engine_error') }",
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/call-function.ts', canary, [
    {
      rule: 'fault 39',
      off: 'what a function returns is recorded as it is',
      text: 'session.host.secrets.copy(await run(context))',
      becomes: 'await run(context)',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/calls/call-requests.ts', canary, [
    {
      rule: 'fault 39',
      off: 'people are shown what an engine proposes as it is',
      text: 'readAction(secrets.copy(action))',
      becomes: 'readAction(action)',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/check-command.ts', canary, [
    {
      rule: 'fault 39',
      off: 'what a check prints is recorded as it is',
      text: 'const output = secrets.text(given.output)',
      becomes: 'const { output } = given',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/secrets/stream-redactor.ts', canary, [
    {
      rule: 'fault 39',
      off: 'what is held back of a stream is forgotten',
      text: "return this.#held === '' ? '' :",
      becomes: "return this.#held === '' || true ? '' :",
    },
  ]),
]
