/** My job: a folder of cassettes on disk. Node is asked for when it is needed: the stub itself runs without. */
import { EngineError, toPlainError } from '@batonjs/core'
import { type CallAddress, isAfter, nearest, parseName, pathOf } from './address.ts'
import { type Cassette, parseCassette, printCassette } from './format.ts'

/** Where cassettes are kept. */
export interface CassetteFolder {
  /** The cassette that stands for a call, and its path; nothing when there is none. Throws `cassette_invalid`. */
  find(address: CallAddress): Promise<{ readonly cassette: Cassette; readonly path: string } | undefined>
  /** Keeps a call, in the place of what was recorded there and after it. Throws `cassette_unwritable`. */
  keep(address: CallAddress, cassette: Cassette): Promise<void>
  /** The path of a call, as the caller names the folder. */
  pathOf(address: CallAddress): string
  /** Every path, sorted. */
  list(): Promise<readonly string[]>
}

/** Opens a folder, which is made with its first cassette. */
export function openCassetteFolder(root: string): CassetteFolder {
  const at = (path: string): string => `${root}/${path}`
  /** Calls of one address may run side by side: one file is written after the other. */
  let kept: Promise<unknown> = Promise.resolve()
  return {
    pathOf: (address) => at(pathOf(address)),
    async find(address) {
      const known = await addressesIn(at(address.folder), address.folder)
      const found = nearest(known, address)
      if (found === undefined) return undefined
      const path = at(pathOf(found))
      return { cassette: parseCassette(await files().readFile(path, 'utf8'), path), path }
    },
    async keep(address, cassette) {
      try {
        const keeping = kept.catch(() => {}).then(() => keep(root, address, printCassette(cassette)))
        kept = keeping
        await keeping
      } catch (thrown) {
        const message = `The call cannot be recorded in ${at(pathOf(address))}: ${toPlainError(thrown).message}`
        throw new EngineError(message, { code: 'cassette_unwritable' })
      }
    },
    async list() {
      const folders = await namesIn(root)
      const found = await Promise.all(folders.map((folder) => addressesIn(at(folder), folder)))
      return found
        .flat()
        .map((address) => at(pathOf(address)))
        .sort()
    },
  }
}

/** What was recorded after a call came of what it said then. */
async function keep(root: string, address: CallAddress, text: string): Promise<void> {
  const folder = `${root}/${address.folder}`
  const path = `${root}/${pathOf(address)}`
  await files().mkdir(folder, { recursive: true })
  for (const known of await addressesIn(folder, address.folder))
    if (isAfter(known, address)) await files().rm(`${root}/${pathOf(known)}`)
  await files().writeFile(`${path}.new`, text)
  await files().rename(`${path}.new`, path)
}

async function addressesIn(path: string, folder: string): Promise<readonly CallAddress[]> {
  return (await namesIn(path)).flatMap((name) => parseName(folder, name) ?? [])
}

async function namesIn(path: string): Promise<readonly string[]> {
  return await files()
    .readdir(path)
    .catch(() => [])
}

type Files = typeof import('node:fs').promises

function files(): Files {
  const runtime: unknown = Reflect.get(globalThis, 'process')
  const load: unknown =
    typeof runtime === 'object' && runtime !== null && Reflect.get(runtime, 'getBuiltinModule')
  if (typeof load !== 'function')
    throw new EngineError('Cassettes are files: they need Node, or a runtime that has its modules.', {
      code: 'engine_unavailable',
    })
  // What Node documents of this module.
  return load.call(runtime, 'fs').promises as Files
}
