import { existsSync, readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

// Tests run from source: a package's own condition is resolved before its dist.
const conditions = ['@batonjs/source', 'module', 'node', 'development|production']

const roots = [
  ...readdirSync(new URL('packages', import.meta.url)).map((name) => `packages/${name}`),
  ...['examples', 'bench', 'scripts'],
].filter((root) => existsSync(new URL(root, import.meta.url)))

export default defineConfig({
  test: {
    projects: roots.map((root) => ({
      resolve: { conditions },
      ssr: { resolve: { conditions } },
      test: {
        name: root.replace('packages/', ''),
        root: `./${root}`,
        include: ['**/*.test.ts'],
        testTimeout: 30_000,
        execArgv: ['--conditions=@batonjs/source'],
      },
    })),
  },
})
