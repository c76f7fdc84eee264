import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  dts: true,
  clean: true,
  metafile: true,
  // A host installs core and nothing else: its few small libraries travel inside.
  noExternal: [/^[^.]/],
})
