// Vitest 4 reads no workspace file, so the projects stand there and are handed on here.
export { default } from './vitest.workspace.ts'
