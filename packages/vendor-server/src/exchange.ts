/** One request from its arrival to its end: understood, recorded, and answered as the script says. */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { JsonObject } from '@batonjs/core'
import { anthropic } from './anthropic.ts'
import { type Conversation, type Question, toQuestion } from './conversation.ts'
import type { Dialect, Reply } from './dialect.ts'
import { isJsonObject } from './fields.ts'
import { gemini } from './gemini.ts'
import { openai } from './openai.ts'
import type { RequestLog } from './request-log.ts'
import { keyIn, type VendorRequest, withoutSecrets } from './request-record.ts'
import { chooseTurn, type Script } from './script.ts'
import { sendAnswer, sendBody, sendFailure, untilLeft } from './sender.ts'
import { type Answer, chunksOf, fails } from './turn.ts'

const DIALECTS: readonly Dialect[] = [anthropic, gemini, openai]

/** What all requests of a server share. */
export interface Desk {
  readonly log: RequestLog
  script(): Script
  /** Whether a key is let in. */
  accepts(key: string): boolean
  /** How often this conversation has come, with this time. */
  count(conversation: string): number
}

/** Answers one request. */
export async function serve(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/' } = request
  if (method === 'HEAD') return void response.end()
  const path = url.replace(/\?.*/, '')
  const body = toBody(await text(request))
  const dialect = DIALECTS.find((it) => method === 'POST' && it.asksForAnswer(path))
  if (dialect === undefined) return serveBeside(response, { method, path, body })
  const question = toQuestion(dialect.read(path, body), 1)
  const repeat = desk.count(digestOf(question))
  await answer(desk, response, { dialect, request, body, question: { ...question, repeat } })
}

interface Call {
  readonly dialect: Dialect
  readonly request: IncomingMessage
  readonly body: JsonObject
  readonly question: Question
}

async function answer(desk: Desk, response: ServerResponse, call: Call): Promise<void> {
  const state: { now: VendorRequest['state'] } = { now: 'open' }
  desk.log.add(toRecord(call, state))
  state.now = await reply(desk, response, call)
  desk.log.changed()
}

function toRecord({ dialect, request, body, question }: Call, state: { now: VendorRequest['state'] }) {
  const record: VendorRequest = {
    vendor: dialect.vendor,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: withoutSecrets(request.headers),
    body,
    question,
    arrivedAt: Date.now(),
    get state() {
      return state.now
    },
  }
  return record
}

async function reply(desk: Desk, response: ServerResponse, call: Call): Promise<VendorRequest['state']> {
  const { dialect, request, question } = call
  const turn = desk.accepts(keyIn(request.headers)) ? await chooseTurn(desk.script(), question) : fails(401)
  if (turn.kind === 'silence') return untilLeft(response)
  if (turn.kind === 'answer') return sendAnswer(response, dialect, toReply(turn, call))
  sendFailure(response, dialect, turn)
  return 'answered'
}

function toReply(answer: Answer, { question, body }: Call): Reply {
  const chunks = chunksOf(answer)
  const said = chunks.join('') + (answer.thinking ?? '') + JSON.stringify(answer.tools ?? '')
  const estimate = { input: tokensOf(JSON.stringify(body)), output: tokensOf(said) }
  return {
    answer,
    chunks,
    conversation: question,
    usage: answer.usage ?? estimate,
    id: `${digestOf(question)}${question.repeat}`,
  }
}

function tokensOf(text: string): number {
  return Math.ceil(text.length / 4)
}

/** The same for the same conversation, whatever stands around it. */
function digestOf({ vendor, model, messages }: Conversation): string {
  const said = JSON.stringify([vendor, model, messages])
  return createHash('sha256').update(said).digest('hex').slice(0, 20)
}

function toBody(text: string): JsonObject {
  try {
    const body: unknown = JSON.parse(text)
    return isJsonObject(body) ? body : {}
  } catch {
    return {}
  }
}

function serveBeside(
  response: ServerResponse,
  { method, path, body }: { readonly method: string; readonly path: string; readonly body: JsonObject },
): void {
  for (const dialect of DIALECTS) {
    const found = dialect.beside(method, path, body)
    if (found !== undefined) return sendBody(response, 200, found)
  }
  sendBody(response, 404, { error: { message: `${method} ${path} is not known here` } })
}
