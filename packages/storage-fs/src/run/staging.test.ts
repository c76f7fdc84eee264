import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { useSandbox } from '../fixtures/sandbox.fixture.ts'

const sandbox = useSandbox()

it('the staging is swept of a probe whose process died long ago, and of none that goes on (fault 1)', async () => {
  const staging = `${sandbox.root}/.staging`
  mkdirSync(staging)
  for (const name of ['.probe-old', '.probe-new']) writeFileSync(`${staging}/${name}`, '')
  utimesSync(`${staging}/.probe-old`, 1, 1)
  await sandbox.begin()
  expect(readdirSync(staging)).toEqual(['.probe-new'])
})
