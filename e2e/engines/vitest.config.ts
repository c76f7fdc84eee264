import { defineConfig } from 'vitest/config'

// As in the other projects, packages are resolved to their source.
const conditions = ['@batonjs/source', 'module', 'node', 'development|production']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: 'e2e',
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    execArgv: ['--conditions=@batonjs/source'],
    // A column starts several programs at once, and a machine has few cores.
    maxWorkers: 3,
    isolate: false,
    maxConcurrency: 3,
  },
})
