/** The main job of the repository, with a real engine in the place of the stub. */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { gives, type Script, says, startVendorServer } from '@batonjs/vendor-server'
import { describe, expect, it } from 'vitest'
import { makePlace, removePlace } from './stage/place.ts'
import { SOURCE_FLAGS } from './stage/source-flags.ts'
import { CLAUDE_BINARY, CLAUDE_MODEL, claudeEnvironment } from './targets/claude.ts'
import { installedPath, missingOf } from './targets/installed.ts'

const job = fileURLToPath(new URL('../../examples/repo-review/main.ts', import.meta.url))
const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Reviews every area alike; the critic is content. */
const reviewer: Script = ({ prompt }) =>
  prompt.includes('Does the draft name every area')
    ? gives({ verdict: 'VERIFIED', text: 'It names them all.', missed: [] })
    : says('A model says that the largest file comes first.')

/** Runs the main job as `npm start` does, and gives what it printed and how it ended. */
async function runMainJob(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [...SOURCE_FLAGS, job, '--commits', '20', ...args], {
    cwd: repository,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ])
  return { out, err, code }
}

describe('npm start -- --engine claude', () => {
  const missing = missingOf(CLAUDE_BINARY)

  it.skipIf(missing !== undefined)('reviews this repository with the real Claude, end to end', async () => {
    const server = await startVendorServer({ script: reviewer })
    const place = await makePlace(server.url)
    try {
      const env = claudeEnvironment(place)
      const PATH = `${dirname(installedPath(CLAUDE_BINARY))}:${env.PATH}`
      const args = ['--engine', 'claude', '--model', CLAUDE_MODEL, '--runs', place.runs]
      const { out, err, code } = await runMainJob(args, { ...env, PATH })
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toMatch(/Outcome {3}succeeded/)
      expect(out).toMatch(/Used {6}\d+ tokens, \d+\.\d+ US dollars/)
      const [, runId = ''] = /Run (run-[\w-]+):/.exec(out) ?? []
      const report = await readFile(join(place.runs, runId, 'repo-review/report.md'), 'utf8')
      expect(report).toContain('A model says that the largest file comes first.')
      expect(report).not.toMatch(/synthetic/i)
      expect(server.requests.length).toBeGreaterThan(5)
    } finally {
      await server.close()
      await removePlace(place)
    }
  })

  it('says what to install where Claude is not, and makes no run', async () => {
    const place = await makePlace('http://127.0.0.1:9')
    try {
      const args = ['--engine', 'claude', '--runs', place.runs]
      const { err, code } = await runMainJob(args, claudeEnvironment(place))
      expect(code).toBe(2)
      expect(err).toMatch(
        /"claude" was not found\. Install it with: npm install -g @anthropic-ai\/claude-code/,
      )
    } finally {
      await removePlace(place)
    }
  })
})
