import type { Law } from './law.ts'

const forbiddenFolders = new Set(['utils', 'helpers', 'common', 'shared', 'types'])
const kebabCase = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.tsx?$/

/** A helper lives beside its only user or earns a noun. */
export const folderNames: Law = {
  name: 'folder names',
  check: ({ files }) =>
    [...files.keys()].flatMap((path) => {
      const folder = path
        .split('/')
        .slice(0, -1)
        .find((part) => forbiddenFolders.has(part))
      return folder === undefined ? [] : [{ path, message: `lies in a folder "${folder}": name what it is` }]
    }),
}

/** A file is named by what it exports, in kebab-case. */
export const fileNames: Law = {
  name: 'file names',
  check: ({ sources }) =>
    sources
      .filter(({ path }) => !kebabCase.test(path.slice(path.lastIndexOf('/') + 1)))
      .map(({ path }) => ({ path, message: 'is not kebab-case' })),
}
