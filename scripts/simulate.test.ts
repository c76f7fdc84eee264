import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { readKeptSeeds } from '../packages/core/test/simulator/kept-seeds.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const broken = new URL('simulate/broken-kernel.fixture.ts', import.meta.url).href
const folder = mkdtempSync(join(tmpdir(), 'simulate-'))
afterAll(() => rmSync(folder, { recursive: true }))

const FROM_SOURCE = ['--conditions=@batonjs/source', '--import', 'tsx']

/** What `npm run simulate` prints and ends with, perhaps with a kernel that is broken. */
function simulate(options: readonly string[], nodeOptions: readonly string[] = []) {
  const { status, stdout } = spawnSync(
    process.execPath,
    [...FROM_SOURCE, 'scripts/simulate.ts', '--kept', join(folder, 'kept.jsonl'), ...options],
    { cwd: root, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: nodeOptions.join(' ') } },
  )
  return { status, stdout }
}

describe('npm run simulate', () => {
  it('plays seeds in several processes and adds up what they went through', () => {
    const { status, stdout } = simulate(['--first', '5', '--seeds', '30', '--at-once', '2'])
    expect(stdout).toMatch(/^\| seeds \| 30, \d+ % of them without order \|$/m)
    expect(stdout).toMatch(/^\| kills \| \d+: .*kill-torn \d+/m)
    expect(stdout).toContain('30 seeds from 5 on, 0 failures')
    expect(status).toBe(0)
  }, 120_000)

  it('ends with 1 when the kernel is broken, tells how to play the seed again, and keeps it shrunk', () => {
    const { status, stdout } = simulate(
      ['--seed', '8', '--shrink-ms', '500'],
      [...FROM_SOURCE, '--import', broken],
    )
    expect(stdout).toContain('Seed 8 fails:')
    expect(stdout).toContain('ends partial: it should be')
    expect(stdout).toContain('npm run simulate -- --seed 8')
    expect(status).toBe(1)
    const kept = readKeptSeeds(join(folder, 'kept.jsonl'))
    expect(kept).toMatchObject([{ seed: 8, why: '', found: expect.stringContaining('it should be') }])
    expect(kept[0]?.scenario.flows).toHaveLength(1)
  }, 120_000)
})
