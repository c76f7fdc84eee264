/** My job: a context that notes what an engine does with it: what it asks people, what it leaves in the run. */
import type { ArtifactStore, FactBoard, JsonObject, StepContext } from '@batonjs/core'
import type { Recording } from './recording.ts'

/** The context of a call, for an engine that is recorded. */
export function createNotingContext(context: StepContext, recording: Recording): StepContext {
  return {
    ...context,
    approve: (action, options) =>
      recording.request(
        (request) => ({ kind: 'approve', request, action, ...given(options) }),
        () => context.approve(action, options),
        decisionOf,
      ),
    ask: (questions, options) =>
      recording.request(
        (request) => ({ kind: 'ask', request, questions, ...given(options) }),
        () => context.ask(questions, options),
        (answers) => answers,
      ),
    record(event) {
      recording.note({ kind: 'record', event })
      return context.record(event)
    },
    facts: notingFacts(context.facts, recording),
    artifacts: notingArtifacts(context.artifacts, recording),
  }
}

/** What an engine can act on: who decided is another one in each run. */
export function decisionOf(answer: { readonly approved: boolean; readonly comment?: string }): JsonObject {
  const { approved, comment } = answer
  return { approved, ...(comment === undefined ? {} : { comment }) }
}

function given<T>(options: T | undefined): { readonly options?: T } {
  return options === undefined ? {} : { options }
}

function notingFacts(facts: FactBoard, recording: Recording): FactBoard {
  return {
    get: (key) => facts.get(key),
    list: () => facts.list(),
    put(entries) {
      recording.note({ kind: 'facts', facts: [entries].flat() })
      return facts.put(entries)
    },
  }
}

function notingArtifacts(artifacts: ArtifactStore, recording: Recording): ArtifactStore {
  return {
    get: (path) => artifacts.get(path),
    list: (prefix) => artifacts.list(prefix),
    put(path, content, options) {
      const text = typeof content === 'string' ? content : new TextDecoder().decode(content)
      recording.note({ kind: 'artifact', way: 'put', path, content: text })
      return artifacts.put(path, content, options)
    },
    append(path, content) {
      recording.note({ kind: 'artifact', way: 'append', path, content })
      return artifacts.append(path, content)
    },
  }
}
