/** My job: to note what one call does, in its order, and to hide what must not be kept. */
import { type EngineEvent, toPlainError } from '@batonjs/core'
import type { StubClock } from '../stub-clock.ts'
import type { Act, Deed, End } from './format.ts'
import { type Mask, mapTexts } from './mask.ts'

/** How a call ended, without when. */
export type Ending = WithoutTime<End>

type WithoutTime<T> = T extends unknown ? Omit<T, 'afterMs'> : never
type Chunk = Extract<EngineEvent, { readonly type: 'token_chunk' }>

/** Names a request of a call by its number: its id differs from run to run. */
export function requestName(request: number): string {
  return `#${request}`
}

/** What one call does. */
export class Recording {
  readonly #clock: StubClock
  readonly #acts: Act[] = []
  /** Names of requests, by their ids. */
  readonly #names = new Map<string, string>()
  #requests = 0
  #end: End | undefined
  #before: number

  constructor(clock: StubClock) {
    this.#clock = clock
    this.#before = clock.now()
  }

  /** Notes something. What is no JSON is left out: core takes none of it either. */
  note(deed: Deed): void {
    const plain = toPlain(deed)
    if (plain !== undefined) this.#acts.push({ ...plain, ...this.#elapsed() })
  }

  /** Notes what the engine yields. */
  event(event: EngineEvent): void {
    if (event.type !== 'tool_start' || event.requestId === undefined) {
      this.note({ kind: 'event', event })
      return
    }
    const requestId = this.#names.get(event.requestId) ?? event.requestId
    this.note({ kind: 'event', event: { ...event, requestId } })
  }

  /** Notes a request and how it was answered; `deed` and `answer` make the lines. */
  async request<T>(
    deed: (request: number) => Deed,
    wait: () => Promise<T>,
    answer: (given: T) => Extract<Deed, { readonly kind: 'answer' }>['answer'],
  ): Promise<T> {
    this.#requests += 1
    const request = this.#requests
    this.note(deed(request))
    try {
      const given = await wait()
      this.#learnName(given, request)
      this.note({ kind: 'answer', request, answer: answer(given) })
      return given
    } catch (thrown) {
      this.note({ kind: 'unanswered', request, code: toPlainError(thrown).code })
      throw thrown
    }
  }

  /** Notes how the call ended; the first end counts. */
  end(how: Ending): void {
    this.#end ??= { ...how, ...this.#elapsed() }
  }

  /** What was noted. A call without an end was cut off from outside. */
  done(mask: Mask): { readonly acts: readonly Act[]; readonly end: End } {
    this.end({ kind: 'aborted' })
    const end = toPlain(this.#end) ?? { kind: 'aborted' }
    return { acts: masked(this.#acts, mask), end: mapTexts(end, mask.text) }
  }

  #learnName(given: unknown, request: number): void {
    const requestId = typeof given === 'object' && given !== null && Reflect.get(given, 'requestId')
    if (typeof requestId === 'string') this.#names.set(requestId, requestName(request))
  }

  #elapsed(): { readonly afterMs?: number } {
    const now = this.#clock.now()
    const afterMs = Math.round(now - this.#before)
    this.#before = now
    return afterMs > 0 ? { afterMs } : {}
  }
}

/** Streamed text is one text, however it was cut; of a piece that was hidden whole nothing is left. */
function masked(acts: readonly Act[], mask: Mask): readonly Act[] {
  const chunks = acts.flatMap((act) => chunkIn(act)?.text ?? [])
  const texts = mask.pieces(chunks)
  let next = 0
  return acts.flatMap((act): readonly Act[] => {
    const chunk = chunkIn(act)
    if (chunk === undefined || act.kind !== 'event') return [mapTexts(act, mask.text)]
    const text = texts[next] ?? ''
    next += 1
    return text === '' && chunk.text !== '' ? [] : [{ ...act, event: { ...chunk, text } }]
  })
}

function chunkIn(act: Act): Chunk | undefined {
  if (act.kind !== 'event' || act.event.type !== 'token_chunk') return undefined
  return typeof act.event.text === 'string' ? act.event : undefined
}

/** A copy by JSON; nothing of what is none. */
function toPlain<T>(value: T): T | undefined {
  try {
    const text = JSON.stringify(value)
    // What is noted is made of plain members only.
    return text === undefined ? undefined : (JSON.parse(text) as T)
  } catch {
    return undefined
  }
}
