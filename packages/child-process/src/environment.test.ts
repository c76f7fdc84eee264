import { expect, it } from 'vitest'
import { pickEnvironment } from './environment.ts'

it('picks what every program needs and what is named, by prefix too, and nothing else', () => {
  const source = {
    PATH: '/bin',
    HOME: '/home/a',
    LC_ALL: 'C',
    https_proxy: 'p',
    ANTHROPIC_API_KEY: 'k',
    ANTHROPIC: 'not the prefix',
    EXACT: '1',
    EXACTLY: '2',
    AWS_SECRET_ACCESS_KEY: 's',
    BATON_MARK: 'm',
    GONE: undefined,
  }
  expect(pickEnvironment(source, ['ANTHROPIC_*', 'EXACT', 'GONE'])).toEqual({
    PATH: '/bin',
    HOME: '/home/a',
    LC_ALL: 'C',
    https_proxy: 'p',
    ANTHROPIC_API_KEY: 'k',
    EXACT: '1',
  })
})
