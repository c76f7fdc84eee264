import { describe, expect, it } from 'vitest'
import { createFsStorage } from './fs-storage.ts'

describe('createFsStorage', () => {
  it.each<[unknown, string]>([
    ['./runs', 'options is "./runs", but must be an object { folder?, host? }.'],
    [null, 'options is null, but must be an object { folder?, host? }.'],
    [{ dir: './runs' }, 'options.dir is unknown. Known are folder, host.'],
    [{ foldr: './runs' }, 'options.foldr is unknown. Did you mean "folder"?'],
    [{ folder: '' }, 'options.folder is "", but must be a text that is not blank.'],
    [
      { folder: new URL('file:///runs') },
      'options.folder is an instance of URL, but must be a text that is not blank.',
    ],
    [{ sync: 'no' }, 'options.sync is unknown. Known are folder, host.'],
    [{ host: 5 }, 'options.host is 5, but must be a text that is not blank.'],
  ])('law 6: refuses %j before the disk is touched', (options, message) => {
    // The types would refuse it first.
    expect(() => createFsStorage(options as object)).toThrow(
      expect.objectContaining({ code: 'options_invalid', message: `createFsStorage: ${message}` }),
    )
  })
})
