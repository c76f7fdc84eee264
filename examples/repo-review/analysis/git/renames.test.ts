import { expect, it } from 'vitest'
import { createRenames } from './renames.ts'

it('calls a file by its present name before and after its rename', () => {
  const renames = createRenames(new Set(['new.ts']))
  renames.learn([{ from: 'old.ts', to: 'new.ts' }])
  expect(renames.present('old.ts')).toBe('new.ts')
  renames.learn([{ from: 'oldest.ts', to: 'old.ts' }])
  expect(renames.present('oldest.ts')).toBe('new.ts')
})

it('knows that a new name stood for another file before', () => {
  const renames = createRenames(new Set(['a.ts']))
  renames.learn([{ from: 'b.ts', to: 'a.ts' }])
  expect(renames.present('a.ts')).toBeUndefined()
})

it('follows two files that swapped their names', () => {
  const renames = createRenames(new Set(['a.ts', 'b.ts']))
  renames.learn([
    { from: 'b.ts', to: 'a.ts' },
    { from: 'a.ts', to: 'b.ts' },
  ])
  expect([renames.present('a.ts'), renames.present('b.ts')]).toEqual(['b.ts', 'a.ts'])
})

it('forgets what no longer exists', () => {
  expect(createRenames(new Set(['a.ts'])).present('gone.ts')).toBeUndefined()
})
