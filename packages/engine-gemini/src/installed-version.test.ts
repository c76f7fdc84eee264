import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { installedVersion } from './installed-version.ts'
import { command, makePlace } from './scripted-gemini.fixture.ts'

const place = makePlace()
afterAll(() => place.remove())
const bin = join(place.path, 'bin')

beforeAll(() => {
  const bundle = join(place.path, 'lib/gemini-cli/bundle')
  for (const folder of [bin, bundle]) mkdirSync(folder, { recursive: true })
  const manifest = { name: '@google/gemini-cli', version: '0.61.0' }
  writeFileSync(join(bundle, '../package.json'), JSON.stringify(manifest))
  writeFileSync(join(bundle, 'gemini.js'), '')
  symlinkSync(join(bundle, 'gemini.js'), join(bin, 'gemini'))
})

it.each([
  ['on the PATH', 'gemini', () => `/nowhere:${bin}`, '0.61.0'],
  ['as a path', join(bin, 'gemini'), () => '', '0.61.0'],
  ['that is not there', 'gemini', () => '/nowhere', undefined],
  ['that is part of another package', command, () => '', undefined],
])('the version of a program %s is the one of its package', async (_, program, path, version) => {
  expect(await installedVersion({ command: program, env: { PATH: path() } })).toBe(version)
})
