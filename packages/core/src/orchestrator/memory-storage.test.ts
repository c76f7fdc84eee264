import { testStorage } from '@batonjs/testkit'
import { describe, it } from 'vitest'
import { createMemoryStorage } from './memory-storage.ts'

testStorage('memory storage', createMemoryStorage, {
  test: { describe, it },
  skip: { 'lock-lost': 'no other host can take a lock in the memory of this process' },
})
