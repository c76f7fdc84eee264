import { expect, it, vi } from 'vitest'
import { type AcpSdk, loadAcpSdk } from './acp-sdk.ts'

// As Node does for a package that is not installed.
const installed = vi.hoisted(() => ({ isOld: false }))
vi.mock('@agentclientprotocol/sdk', () => {
  if (installed.isOld) return { client: undefined }
  throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
})

it('law 6: an SDK that is not installed is named, with what to install', async () => {
  await expect(loadAcpSdk(undefined)).rejects.toMatchObject({
    code: 'engine_unavailable',
    retryable: false,
    message: 'The Agent Client Protocol SDK is missing: npm install @agentclientprotocol/sdk@~2.4.0',
  })
})

it('law 6: an SDK of before version 2 is told before anything starts', async () => {
  installed.isOld = true
  vi.resetModules()
  await expect(loadAcpSdk(undefined)).rejects.toMatchObject({
    code: 'engine_unavailable',
    message: expect.stringMatching(/SDK that is installed is another version: npm install .*@~2\.4\.0$/),
  })
})

it('the SDK that was handed in is used', async () => {
  const sdk: AcpSdk = {
    client() {
      throw new Error('not called')
    },
  }
  expect(await loadAcpSdk(sdk)).toBe(sdk)
})
