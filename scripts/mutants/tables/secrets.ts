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
      text: 'secrets.copy(toPlainResult(given))',
      becomes: 'toPlainResult(given)',
    },
    {
      rule: 'fault 39',
      off: 'the instance of a class is read as it is',
      text: 'secrets.copy(toPlainResult(given))',
      becomes: 'secrets.copy(given)',
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
  ...inFile('packages/core/src/orchestrator/host.ts', 'src/orchestrator/quota', [
    {
      rule: 'fault 39',
      off: 'an account is named by a secret',
      text: 'account === undefined || secrets.holds(account) ? undefined : account',
      becomes: 'account',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/gatekeeper.ts', `${canary} src/orchestrator/late-replies`, [
    {
      rule: 'fault 39',
      off: 'a late reply waits in the inbox as it is',
      text: 'if (refuseSecretAnswer(host.secrets, input) !== undefined) return',
      becomes: '',
    },
    {
      rule: 'fault 39',
      off: 'an input is named by a secret',
      text: 'inputId: host.secrets.text(given.inputId)',
      becomes: 'inputId: given.inputId',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/secrets/redacted-copy.ts', canary, [
    {
      rule: 'fault 39',
      off: 'a number that is a secret is recorded',
      text: 'copying.redactor.isIn(String(value)) ? REPLACEMENT : value',
      becomes: 'value',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/secrets/guarded-artifacts.ts', canary, [
    {
      rule: 'fault 39',
      off: 'a secret is written under the other name of a file',
      text: '[path, options.also]',
      becomes: '[path]',
    },
    {
      rule: 'fault 39',
      off: 'a file whose end is taken back loses its other name',
      text: 'also === undefined ? {} : { also }',
      becomes: '{}',
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
  ...inFile('packages/core/src/orchestrator/calls/call-agent.ts', `${canary}/escaped-secrets`, [
    {
      rule: 'fault 39',
      off: 'data shows what the escapes of its text have hidden',
      text: 'const value = secrets.copy(data.value)',
      becomes: 'const { value } = data',
    },
    {
      rule: 'fault 39',
      off: 'a handoff shows what the escapes of its text have hidden',
      text: 'secrets.copy(toHandoff({ ...result, ...(value === undefined ? {} : { data: value }) }))',
      becomes: 'toHandoff({ ...result, ...(value === undefined ? {} : { data: value }) })',
    },
  ]),
  ...inFile('packages/core/src/orchestrator/starts/start-map.ts', `${canary}/escaped-secrets`, [
    {
      rule: 'fault 39',
      off: 'items show what the escapes of their text have hidden',
      text: 'session.host.secrets.copy(parseList(value))',
      becomes: 'parseList(value)',
    },
  ]),
]
