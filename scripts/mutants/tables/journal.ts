import { inFile, type Mutant } from '../mutant.ts'

/** What is recorded before it is done, and what can be told to a run. */
export const journal: readonly Mutant[] = [
  ...inFile(
    'packages/core/src/orchestrator/session.ts',
    'src/orchestrator/storage-failures src/orchestrator/crashes src/orchestrator/streams src/orchestrator/control src/orchestrator/host-doors',
    [
      {
        rule: 'law 2',
        off: 'effects begin before their decision is durable',
        text: 'if (this.#journal.isDirty) this.#tell(await this.#journal.flush())',
        becomes:
          'for (const effect of effects.splice(0)) effect()\n    if (this.#journal.isDirty) this.#tell(await this.#journal.flush())',
      },
      {
        rule: 'S8',
        off: 'a failure of the journal is not thrown',
        text: 'if (this.#failure !== undefined) throw this.#failure',
        becomes: '',
      },
      {
        rule: 'S3',
        off: 'execute does not come back when only people can move the run',
        text: 'return this.isIdle && this.calls.allAsk && !hasRetries && !this.gatekeeper.isAsking',
        becomes: 'return false',
      },
      {
        rule: 'S3',
        off: 'a run parks although a retry is due',
        text: 'this.calls.allAsk && !hasRetries &&',
        becomes: 'this.calls.allAsk &&',
      },
      {
        rule: 'S3',
        off: 'a call that was answered and waits for its slot is left to people',
        text: 'this.isIdle && this.calls.allAsk &&',
        becomes: 'this.isIdle &&',
      },
      {
        rule: 'S1',
        off: 'a session that ends lets its calls run on',
        text: 'await Promise.all([this.calls.abortAll(), this.checks.abortAll()])',
        becomes: 'await this.checks.abortAll()',
      },
      {
        rule: 'S1',
        off: 'a session that ends lets its checks run on',
        text: 'await Promise.all([this.calls.abortAll(), this.checks.abortAll()])',
        becomes: 'await this.calls.abortAll()',
      },
      {
        rule: 'S7',
        off: 'a session that ends keeps the lock',
        text: 'await this.#writer.close().catch((error: unknown) => {',
        becomes: 'await Promise.resolve().catch((error: unknown) => {',
      },
      {
        rule: 'S8',
        off: 'whoever waits for a commit waits without end when the session is over',
        text: 'for (const giveUp of this.#commits) giveUp()',
        becomes: '',
      },
      {
        rule: 'law 5',
        off: 'a watcher that throws is not told of',
        text: "this.enqueue(() => this.record({ type: 'diagnostic', code: 'watcher_threw', message }))",
        becomes: '',
      },
      {
        rule: 'S1',
        off: 'work is done for a run that is over',
        text: 'for (const work of works) if (!this.#isOver()) work()',
        becomes: 'for (const work of works) work()',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/journal.ts',
    'src/orchestrator/storage-failures src/orchestrator/requests src/orchestrator/answers src/orchestrator/host-doors src/orchestrator/deliveries',
    [
      {
        rule: 'S8',
        off: 'an append that failed is yielded all the same',
        text: 'await writer.append(batch, appendOptions(batch, sync))',
        becomes: 'await writer.append(batch, appendOptions(batch, sync)).catch(() => {})',
      },
      {
        rule: 'S8',
        off: 'readers see events before they are durable',
        text: 'await writer.append(batch, appendOptions(batch, sync))',
        becomes: 'void writer.append(batch, appendOptions(batch, sync)).catch(() => {})',
      },
      {
        rule: 'J2',
        off: 'an append acknowledges no input',
        text: 'return acks.length === 0 ? { sync } : { sync, acks }',
        becomes: 'return { sync }',
      },
      {
        rule: 'J3',
        off: "sync: 'os' is flushed to disk all the same",
        text: 'return acks.length === 0 ? { sync } :',
        becomes: "return acks.length === 0 ? { sync: 'disk' } :",
      },
    ],
  ),
  ...inFile(
    'packages/core/src/run/fold.ts',
    'src/run/record src/orchestrator/requests src/orchestrator/crashes src/orchestrator/answers src/orchestrator/deliveries src/run/limits',
    [
      {
        rule: 'J2',
        off: 'the fold forgets which inputs were acknowledged',
        text: "if ('inputId' in event && event.inputId !== undefined) state.inputs.add(event.inputId)",
        becomes: '',
      },
      {
        rule: 'X2',
        off: 'the flow does not fail with its step budget',
        text: 'closeFrame(state, frame, reason)',
        becomes: '',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/create-orchestrator.ts',
    'src/orchestrator/streams src/orchestrator/host-doors src/orchestrator/control src/orchestrator/manifest',
    [
      {
        rule: 'S1',
        off: 'a run goes on when its reader leaves',
        text: 'session.enqueue(() => leave(session))',
        becomes: 'void leave',
      },
      {
        rule: 'L5',
        off: 'an orchestrator takes flows that the linter refuses',
        text: 'if (errors.length > 0) throw toFlowError(errors)',
        becomes: '',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/sessions.ts',
    'src/orchestrator/streams src/orchestrator/sessions src/orchestrator/host-doors src/orchestrator/control src/orchestrator/late-replies',
    [
      {
        rule: 'S1',
        off: "the request's signal stops nothing",
        text: "signal.addEventListener('abort', stop, { once: true })",
        becomes: '',
      },
      {
        rule: 'S1',
        off: 'a run that begins while the orchestrator is disposed goes on',
        text: 'if (this.#isClosed) stopSession(session, DISPOSED)',
        becomes: '',
      },
      {
        rule: 'law 6',
        off: 'an orchestrator that was disposed begins runs',
        text: 'if (this.#isClosed) throw disposed()',
        becomes: '',
      },
    ],
  ),
  ...inFile(
    'packages/core/src/orchestrator/control.ts',
    'src/orchestrator/control src/orchestrator/streams',
    [
      {
        rule: 'S2',
        off: 'a stop waits for its calls without end',
        text: 'const cancel = clock.setTimer(clock.now() + drainMs, () => abortWork(session))',
        becomes: 'const cancel = (): void => {}',
      },
      {
        rule: 'S2',
        off: 'a stop waits for its checks without end',
        text: 'Promise.all([session.calls.abortAll(), session.checks.abortAll()])',
        becomes: 'session.calls.abortAll()',
      },
      {
        rule: 'S1',
        off: 'a run that is left while it stops drains to the end',
        text: '  session.after(() => drain(session, 0))',
        becomes: "  if (session.state.control !== 'stopping') session.after(() => drain(session, 0))",
      },
      {
        rule: 'S2',
        off: 'cancel leaves running what runs',
        text: "for (const draft of callOffFrame(state, frame, { kind: 'canceled', by })) session.record(draft)",
        becomes: '',
      },
      {
        rule: 'S2',
        off: 'a pause is recorded while calls run',
        text: "if (state.control === 'pausing' && session.isIdle)",
        becomes: "if (state.control === 'pausing')",
      },
      {
        rule: 'S2',
        off: 'a stop is recorded while calls run',
        text: "if (state.control !== 'stopping' || !session.isAtRest) return",
        becomes: "if (state.control !== 'stopping') return",
      },
      {
        rule: 'S2',
        off: 'continue does nothing',
        text: 'return isResting(session) ? goOn(session, input)',
        becomes: 'return false ? goOn(session, input)',
      },
    ],
  ),
]
