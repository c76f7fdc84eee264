import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { type Mutant, mutate } from './mutant.ts'

/** A copy of the repository in which one mutant at a time stands. */
export interface WorkCopy {
  readonly folder: string
  /** Does something while a mutant stands in the copy. Throws for one that is stale. */
  with<T>(mutant: Mutant, work: () => Promise<T>): Promise<T>
}

/** Copies the files as they are now, new ones too, and links what npm has installed. */
export function createWorkCopy(root: string, folder: string): WorkCopy {
  const files = filesOf(root)
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    copyFileSync(join(root, file), join(folder, file))
  }
  const packages = files.filter((file) => /^[^/]+\/[^/]+\/package\.json$|^package\.json$/.test(file))
  for (const manifest of packages) linkModules(join(root, dirname(manifest)), join(folder, dirname(manifest)))
  return {
    folder,
    async with(mutant, work) {
      const path = join(folder, mutant.file)
      const source = readFileSync(path, 'utf8')
      writeFileSync(path, mutate(source, mutant))
      try {
        return await work()
      } finally {
        writeFileSync(path, source)
      }
    },
  }
}

function filesOf(root: string): readonly string[] {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const listed = execFileSync('git', list, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 })
  return listed.split('\0').filter((file) => file !== '' && existsSync(join(root, file)))
}

/** Links every installed package; those of the repository itself must lead to the copy, as their links do. */
function linkModules(from: string, to: string): void {
  const modules = join(from, 'node_modules')
  if (!existsSync(modules)) return
  mkdirSync(join(to, 'node_modules'))
  for (const name of readdirSync(modules)) {
    const target = join(to, 'node_modules', name)
    if (name === '@batonjs') cpSync(join(modules, name), target, { recursive: true, verbatimSymlinks: true })
    else if (!name.startsWith('.')) symlinkSync(join(modules, name), target)
  }
}
