import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { settingOf } from './gemini-setting.ts'
import { prepareHome } from './home.ts'
import { callGemini, command, createScripted, makePlace, type Place } from './scripted-gemini.fixture.ts'

let place: Place
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.remove())

const ownHome = '/home/ada/.baton/engine-gemini'

describe('the home of Gemini', () => {
  it.each<[string, object, object]>([
    [
      'its own when there is a key',
      { apiKey: 'k' },
      { home: ownHome, isOwnHome: true, authType: 'gemini-api-key' },
    ],
    [
      'its own with Vertex AI',
      { env: { HOME: '/home/ada', GOOGLE_GENAI_USE_VERTEXAI: 'true' } },
      { home: ownHome, isOwnHome: true, authType: 'vertex-ai' },
    ],
    ["the user's, for the login", {}, { home: '/home/ada', isOwnHome: false, authType: undefined }],
    ['the one that is asked for', { home: '/srv/gemini' }, { home: '/srv/gemini', isOwnHome: true }],
    [
      'the one of the environment, and nothing is written there',
      { apiKey: 'k', env: { HOME: '/home/ada', GEMINI_CLI_HOME: '/srv/mine' } },
      { home: '/srv/mine', isOwnHome: false },
    ],
  ])('is %s', (_, options, setting) => {
    expect(settingOf({ env: { HOME: '/home/ada' }, ...options })).toMatchObject(setting)
  })

  it('engines.md §3: has settings that name the login, try once, and look for no file', async () => {
    const setting = settingOf({ env: { HOME: place.path }, apiKey: 'k', baseUrl: 'http://127.0.0.1:9' })
    await Promise.all([prepareHome(setting), prepareHome(setting), prepareHome(setting)])
    const path = join(place.path, '.baton/engine-gemini/.gemini/settings.json')
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      security: { auth: { selectedType: 'gemini-api-key' } },
      general: { maxAttempts: 1, retryFetchErrors: false },
      context: { fileFiltering: { enableRecursiveFileSearch: false } },
    })
  })

  it('keeps the settings that somebody has changed', async () => {
    const home = join(place.path, 'own')
    mkdirSync(join(home, '.gemini'), { recursive: true })
    writeFileSync(join(home, '.gemini/settings.json'), '{"mine":true}')
    await prepareHome(settingOf({ env: {}, home }))
    expect(readFileSync(join(home, '.gemini/settings.json'), 'utf8')).toBe('{"mine":true}')
  })

  it('that cannot be written is told before anything starts', async () => {
    const home = join(place.path, 'file')
    writeFileSync(home, '')
    const call = callGemini(createScripted(place, { home }), { prompt: 'Hello' })
    await expect(call).rejects.toMatchObject({ code: 'engine_unavailable' })
  })

  it('is where the program finds it', async () => {
    await callGemini(createScripted(place), { prompt: 'Hello' })
    expect(place.calls()).toMatchObject([{ home: join(place.path, '.baton/engine-gemini/.gemini') }])
  })
})

describe('the environment of Gemini', () => {
  it('engines.md §3: is never one in which it starts itself again', () => {
    expect(settingOf({ env: {} }).env).toEqual({ GEMINI_CLI_NO_RELAUNCH: 'true' })
  })

  it('has the key and the address, and the key is secret', () => {
    const setting = settingOf({ env: { GOOGLE_API_KEY: 'g' }, apiKey: 'k', baseUrl: 'http://127.0.0.1:9' })
    expect(setting.env).toMatchObject({ GEMINI_API_KEY: 'k', GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:9' })
    expect(setting.secrets).toEqual(['k', 'g'])
  })
})

describe('the probe of Gemini', () => {
  const env = () => ({ PATH: process.env.PATH ?? '', HOME: place.path })

  it.each(['cli', 'acp'] as const)('tells its version in mode %s', async (mode) => {
    expect(await createScripted(place, { mode }).probe?.()).toEqual({ available: true, version: '0.61.0' })
  })

  it.each(['cli', 'acp'] as const)('ends in time when the program says nothing in mode %s', async (mode) => {
    const silent = join(place.path, 'silent')
    writeFileSync(silent, '#!/bin/sh\nsleep 600\n', { mode: 0o755 })
    const engine = createScripted(place, { mode, command: silent, startTimeoutMs: 300 })
    expect(await engine.probe?.()).toMatchObject({
      available: false,
      message: expect.stringContaining('within 300 ms'),
    })
  })

  it.each(['cli', 'acp'] as const)('tells what to install in mode %s', async (mode) => {
    const engine = createScripted(place, { mode, command: 'no-such-gemini' })
    expect(await engine.probe?.()).toEqual({
      available: false,
      message: '"no-such-gemini" was not found. Install it with: npm install -g @google/gemini-cli',
    })
  })

  it.each(['cli', 'acp'] as const)('tells what to set without a key and a login in mode %s', async (mode) => {
    const { createGeminiEngine } = await import('./gemini-engine.ts')
    const engine = createGeminiEngine({ mode, command, env: env() })
    expect(await engine.probe?.()).toMatchObject({
      available: false,
      message: expect.stringMatching(/neither a key nor a login: set GEMINI_API_KEY/),
    })
    mkdirSync(join(place.path, '.gemini'))
    writeFileSync(join(place.path, '.gemini/oauth_creds.json'), '')
    expect(await engine.probe?.()).toMatchObject({ available: true })
    rmSync(join(place.path, '.gemini'), { recursive: true })
  })
})
