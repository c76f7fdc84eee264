/** What a person sees while the run goes on: a board on a terminal, plain lines when piped. */
import type { SwarmEvent } from '@batonjs/core'

/** Shows events. */
export interface LiveView {
  show(event: SwarmEvent): void
  /** Takes the board off the screen and keeps it off, so that something else can be asked, until the release. */
  hold(): () => void
}

interface Stream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const REDRAW_MS = 80

/** The view that suits a stream. */
export function createLiveView(stream: Stream): LiveView {
  return stream.isTTY === true ? createBoard(stream) : createLines(stream)
}

function createLines(stream: Stream): LiveView {
  const startedAt = performance.now()
  return {
    show(event) {
      const line = lineOf(event)
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(2).padStart(7)
      if (line !== undefined) stream.write(`${seconds} s  ${line}\n`)
    },
    hold: () => () => {},
  }
}

function lineOf(event: SwarmEvent): string | undefined {
  switch (event.type) {
    case 'step_start':
      return `start    ${nameOf(event)}`
    case 'step_end':
      return `done     ${nameOf(event)}`
    case 'step_error':
      return `${event.willRetry ? 'again ' : 'failed'}   ${nameOf(event)}: ${event.error.message}`
    case 'step_skipped':
      return `skipped  ${event.stepId} (${event.reason})`
    case 'map_expanded':
      return `items    ${event.items.length} for ${event.stepId}`
    case 'routing_decision':
      return `route    ${event.stepId} → ${event.target ?? 'end'} (${event.reason})`
    case 'approval_requested':
      return `asks     ${event.stepId}`
    case 'approval_resolved':
      return `answer   ${event.stepId}: ${event.outcome} by ${event.by}`
    case 'run_resumed':
      return `resume   after a ${event.resumedFrom}, ${event.interrupted.length} cut off`
    default:
      return undefined
  }
}

function nameOf({
  stepId,
  item,
  iteration,
  attempt,
}: Extract<SwarmEvent, { type: 'step_start' | 'step_end' | 'step_error' }>): string {
  const pass = iteration > 1 ? ` (pass ${iteration})` : ''
  const again = attempt > 1 ? ` (attempt ${attempt})` : ''
  return `${item === undefined ? stepId : `${stepId}[${item}]`}${pass}${again}`
}

interface Row {
  mark: string
  note: string
  items: number
  done: number
}

const MARKS = { run: '▸', done: '✓', failed: '✗', skipped: '–', asks: '?' }

function createBoard(stream: Stream): LiveView {
  const rows = new Map<string, Row>()
  let drawn = 0
  let drawnAt = 0
  let ticker = ''
  let holds = 0
  const clear = (): void => {
    if (drawn > 0) stream.write(`\u001B[${drawn}A\u001B[0J`)
    drawn = 0
  }
  const draw = (): void => {
    if (holds > 0) return
    clear()
    const width = (stream.columns ?? 80) - 1
    const lines = [...rows].map(([id, row]) => `${row.mark} ${id}: ${progressOf(row)}${row.note}`)
    const shown = ticker === '' ? lines : [...lines, `… ${ticker.trimStart()}`]
    for (const line of shown) stream.write(`${line.replace(/\s+/g, ' ').slice(0, width)}\n`)
    drawn = shown.length
    drawnAt = performance.now()
  }
  return {
    show(event) {
      const isChunk = event.type === 'token_chunk'
      if (isChunk) ticker = `${ticker}${event.text}`.slice(-200)
      else update(rows, event)
      if (!isChunk || performance.now() - drawnAt > REDRAW_MS) draw()
    },
    hold() {
      clear()
      holds += 1
      return () => {
        holds -= 1
      }
    },
  }
}

function progressOf({ items, done }: Row): string {
  return items === 0 ? '' : `${done} of ${items} `
}

function update(rows: Map<string, Row>, event: SwarmEvent): void {
  if (!('stepId' in event)) return
  const row = rows.get(event.stepId) ?? { mark: MARKS.run, note: '', items: 0, done: 0 }
  rows.set(event.stepId, row)
  const isItem = 'item' in event && event.item !== undefined
  switch (event.type) {
    case 'step_start':
      if (!isItem) row.mark = MARKS.run
      return
    case 'map_expanded':
      row.items = event.items.length
      return
    case 'step_end':
      if (isItem) row.done += 1
      else {
        row.mark = MARKS.done
        if (event.stepId === 'headline') row.note = event.output.text ?? ''
      }
      return
    case 'step_error':
      row.note = event.error.message
      if (!isItem && !event.willRetry) row.mark = MARKS.failed
      return
    case 'step_skipped':
      row.mark = MARKS.skipped
      row.note = event.reason
      return
    case 'approval_requested':
      row.mark = MARKS.asks
  }
}
