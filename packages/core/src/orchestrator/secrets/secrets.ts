/**
 * My job: the values that are declared secret, and the doors at which they are taken out of what engines,
 * functions and checks say (fault 39). My neighbour `refuse-secrets` turns away what the host says.
 *
 * Invariants:
 * 1. What is declared once stays secret, also when an engine gets another key.
 * 2. An engine is asked each time: it may learn its key late.
 * 3. Where nothing is declared, everything is handed through as it is, and nothing is made.
 */
import type { StepEngine } from '../../engine/engine.ts'
import { type PlainError, toPlainError } from '../../errors/plain-error.ts'
import { redactedCopy } from './redacted-copy.ts'
import { Redactor } from './redactor.ts'
import { isSecret } from './secret-forms.ts'
import { placeOfSecret } from './secret-place.ts'

/** What an orchestrator must never record or show. */
export class Secrets {
  readonly #engines: readonly StepEngine[]
  readonly #known: Set<string>
  #redactor: Redactor | undefined

  constructor(declared: readonly string[] = [], engines: readonly StepEngine[] = []) {
    this.#known = new Set(declared)
    this.#engines = engines
    this.#redactor = declared.length === 0 ? undefined : new Redactor(declared)
  }

  /** Knows all that is declared now; nothing while nothing is. */
  get redactor(): Redactor | undefined {
    for (const engine of this.#engines) this.#ask(engine)
    return this.#redactor
  }

  /** A text without secrets. To be called before it is cut: half a secret is not found. */
  text(text: string): string {
    return this.redactor?.text(text) ?? text
  }

  /** A value of the same form, whatever it is, without secrets: the value itself where nothing is declared. */
  copy<T>(value: T): T {
    const { redactor } = this
    // The same form: only texts and the names of members are others.
    return redactor === undefined ? value : (redactedCopy(redactor, value) as T)
  }

  /** Whether a value holds a secret. Throws what a getter throws. */
  holds(value: unknown): boolean {
    const { redactor } = this
    return redactor !== undefined && placeOfSecret(redactor, value) !== undefined
  }

  /** An error, without secrets. */
  plainError(thrown: unknown, fallbackCode?: string): PlainError {
    return toPlainError(thrown, fallbackCode, (text) => this.text(text))
  }

  /** An engine that cannot be asked, or gives something else, has declared nothing (law 5). */
  #ask(engine: StepEngine): void {
    try {
      const { secrets } = engine
      if (secrets === undefined || !Array.isArray(secrets)) return
      for (const secret of secrets) if (!this.#known.has(secret) && isSecret(secret)) this.#learn(secret)
    } catch {}
  }

  #learn(secret: string): void {
    this.#known.add(secret)
    this.#redactor = new Redactor(this.#known)
  }
}

/** Where nothing is declared. */
export const NO_SECRETS = new Secrets()
