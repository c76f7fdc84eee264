import type { FlowIssue, FlowIssueCode } from './issue.ts'
import type { Origin } from './origin.ts'

/** How the fields of a flow are spelled: camelCase, or snake_case in YAML. */
export type Spelling = 'camel' | 'snake'

/** A name as the source spells it. */
export function spell(name: string, spelling: Spelling): string {
  return spelling === 'camel' ? name : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** An issue as a check reports it; the list knows the flow, the step, the spelling and the line. */
export interface Finding {
  readonly code: FlowIssueCode
  /** Where, in Baton's own spelling: `steps[2].routing.next`; empty for the flow as a whole. */
  readonly path: string
  /** What follows the subject: `needs unknown step "a".` */
  readonly text: string
  /** @default 'error' */
  readonly severity?: FlowIssue['severity']
  /** Where the value stands, when the list has not been told. */
  readonly origin?: Origin | undefined
}

const ISSUE_LIMIT = 200
const edgeFields = /^(?:id|kind|needs|triggerRule|routing)\b/

/** Collects what is wrong with one flow. */
export class IssueList {
  readonly #issues: FlowIssue[] = []
  readonly #origins = new Map<string, Origin>()
  readonly #unsureSteps = new Set<number>()
  readonly #counts = { error: 0, warning: 0 }
  readonly spelling: Spelling
  #flow: string
  #steps: readonly (string | undefined)[] = []

  /** `flow` names the flow in messages until {@link IssueList.identify} tells its key. */
  constructor(spelling: Spelling, flow = '?') {
    this.spelling = spelling
    this.#flow = flow
  }

  /** What was found, in the order in which it was reported. */
  get issues(): readonly FlowIssue[] {
    return this.#issues
  }

  /** Indices of the steps whose edges are faulty: what seems to follow from those would be noise. */
  get unsureSteps(): ReadonlySet<number> {
    return this.#unsureSteps
  }

  /** Whether one of the issues keeps the flow from being made. */
  get hasErrors(): boolean {
    return this.#counts.error > 0
  }

  /** A list that goes on from this one without changing it. */
  fork(): IssueList {
    const fork = new IssueList(this.spelling, this.#flow)
    fork.#steps = this.#steps
    fork.#issues.push(...this.#issues)
    Object.assign(fork.#counts, this.#counts)
    for (const [path, origin] of this.#origins) fork.#origins.set(path, origin)
    return fork
  }

  /** Tells the names that messages use. */
  identify(flow: string | undefined, steps: readonly (string | undefined)[]): void {
    this.#flow = flow ?? this.#flow
    this.#steps = steps
  }

  /** Tells where a value stands. */
  locate(path: string, origin: Origin | undefined): void {
    if (origin !== undefined) this.#origins.set(path, origin)
  }

  /** Adds an issue; after 200 errors, or warnings, there is nothing more to learn. */
  report({ code, path, text, severity = 'error', origin }: Finding): void {
    const { index, field } = splitPath(path)
    if (index !== undefined && (code === 'unknown_field' || edgeFields.test(field)))
      this.#unsureSteps.add(index)
    this.#counts[severity] += 1
    if (this.#counts[severity] > ISSUE_LIMIT) return
    const step = index === undefined ? undefined : this.#steps[index]
    const line = (origin ?? this.#nearest(path))?.line
    this.#issues.push({
      code,
      message: `Flow "${this.#flow}"${subjectOf(index, step)} ${text}`,
      flow: this.#flow,
      ...(step === undefined ? {} : { step }),
      ...(field === '' ? {} : { field: this.fieldAt(path) }),
      ...(line === undefined ? {} : { line }),
      severity,
    })
  }

  /** The field of a path, below its step, as the source spells it. */
  fieldAt(path: string): string {
    const { index, field } = splitPath(path)
    let whole = index === undefined ? '' : `steps[${index}]`
    let spelled = ''
    for (const part of field.match(/[^.[]+|\[\d+\]/g) ?? []) {
      const isPlace = part.startsWith('[')
      whole += isPlace || whole === '' ? part : `.${part}`
      const name = isPlace ? part : (this.#origins.get(whole)?.name ?? spell(part, this.spelling))
      spelled += isPlace || spelled === '' ? name : `.${name}`
    }
    return spelled
  }

  #nearest(path: string): Origin | undefined {
    for (let place = path; place !== ''; place = holderOf(place)) {
      const origin = this.#origins.get(place)
      if (origin !== undefined) return origin
    }
    return this.#origins.get('')
  }
}

function holderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['), 0))
}

function splitPath(path: string): { readonly index: number | undefined; readonly field: string } {
  const match = /^steps\[(\d+)\](?:\.|$)/.exec(path)
  if (match === null) return { index: undefined, field: path }
  return { index: Number(match[1]), field: path.slice(match[0].length) }
}

function subjectOf(index: number | undefined, step: string | undefined): string {
  if (index === undefined) return ''
  return step === undefined ? `: step #${index + 1}` : `: step "${step}"`
}
