/**
 * A program in Claude's place that says who it is at once and gives an answer 50 ms later, sooner than any model. A real
 * one takes half a second to start, now more, now less: what Baton adds is lost in that. Here nothing hides it.
 */
import { spawn } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createClaudeEngine } from '@batonjs/engine-claude'
import type { Place } from '../stage/place.ts'
import { claudeEnvironment } from '../targets/claude.ts'
import { claudeCli } from '../targets/claude-cli.ts'
import type { Target } from '../targets/target.ts'
import type { Bare } from './bare.ts'

const SESSION = { session_id: 'a0000000-0000-4000-8000-000000000000' }
const TEXT = 'It is a kind day.'
const delta = { type: 'text_delta', text: TEXT }
const content = [{ type: 'text', text: TEXT }]
const GREETING = { type: 'system', subtype: 'init', model: 'stand-in', tools: [], ...SESSION }
const ANSWER = [
  {
    type: 'stream_event',
    event: { type: 'content_block_delta', index: 0, delta },
    parent_tool_use_id: null,
    ...SESSION,
  },
  { type: 'assistant', message: { id: 'm', content }, parent_tool_use_id: null, ...SESSION },
  { type: 'result', subtype: 'success', is_error: false, result: TEXT, ...SESSION },
]

/** Says its lines, and ends when its input does. */
function writeProgram({ folder }: Place): string {
  const path = join(folder, 'stand-in')
  const said = ANSWER.map((line) => JSON.stringify(line)).join('\n')
  const program = `echo '${JSON.stringify(GREETING)}'\nsleep 0.05\ncat <<'END'\n${said}\nEND\nexec cat >/dev/null`
  writeFileSync(path, `#!/bin/sh\n${program}\n`)
  chmodSync(path, 0o755)
  return path
}

/** The Claude engine with that program. */
export const standIn: Target = {
  ...claudeCli,
  key: 'stand-in',
  title: 'a program that takes 50 ms, with the Claude engine',
  missing: () => undefined,
  createEngine: (place) =>
    createClaudeEngine({ command: writeProgram(place), env: claudeEnvironment(place) }),
}

/** That program by itself. */
export const bareStandIn: Bare = async (place, prompt, onToken) => {
  const options = { cwd: place.work, env: claudeEnvironment(place), detached: true }
  const program = spawn(writeProgram(place), [], options)
  program.stdin.write(`${prompt}\n`)
  for await (const line of createInterface(program.stdout)) {
    if (line.includes('"text_delta"')) onToken()
    if (line.includes('"type":"result"')) program.stdin.end()
  }
}
