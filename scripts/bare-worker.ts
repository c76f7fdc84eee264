import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { build } from 'esbuild'

/** What a worker has beside the language, in every runtime that core names: nothing of Node, no DOM. */
const webNames = [
  'AbortController',
  'AbortSignal',
  'DOMException',
  'Event',
  'EventTarget',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'URLSearchParams',
  'clearTimeout',
  'console',
  'crypto',
  'performance',
  'queueMicrotask',
  'setTimeout',
  'structuredClone',
]

export interface BundleOptions {
  /** The conditions of package exports that are taken. @default none: the dist that a user gets */
  readonly conditions?: readonly string[]
  /** Where bare imports are looked up. @default the folder of the entry */
  readonly folder?: string
}

/** Bundles an entry for a platform without Node. Throws when a module of Node is imported anywhere. */
export async function bundleNeutral(entry: string, options: BundleOptions = {}): Promise<string> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    ...(options.folder === undefined ? {} : { absWorkingDir: options.folder }),
    conditions: [...(options.conditions ?? [])],
    platform: 'neutral',
    format: 'iife',
    globalName: 'bundle',
    bundle: true,
    write: false,
    metafile: true,
    external: ['node:*'],
    logLevel: 'silent',
  })
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports)
  if (imports.length > 0) {
    throw new Error(`The bundle of ${entry} imports ${imports.map(({ path }) => `"${path}"`).join(', ')}`)
  }
  return outputFiles.map(({ text }) => text).join('\n')
}

/** Runs a bundle in a worker that has only the language and the web's names; resolves to what its `run()` gives. */
export async function runInBareWorker(bundle: string): Promise<unknown> {
  const names = [...languageNames(), ...webNames]
  const worker = new Worker(
    `{
      const port = require('node:worker_threads').parentPort
      const kept = new Set(${JSON.stringify(names)})
      for (const name of Object.getOwnPropertyNames(globalThis)) if (!kept.has(name)) delete globalThis[name]
      ${bundle}
      bundle.run().then((value) => port.postMessage({ value }), (error) => port.postMessage({ error: String(error?.stack ?? error) }))
    }`,
    { eval: true, env: {} },
  )
  try {
    return await new Promise((resolve, reject) => {
      worker.once('error', reject)
      worker.once('exit', (code) =>
        reject(new Error(`The bare worker ended with ${code} before it answered`)),
      )
      worker.once('message', ({ value, error }) => (error ? reject(new Error(error)) : resolve(value)))
    })
  } finally {
    await worker.terminate()
  }
}

function languageNames(): readonly string[] {
  // An empty context has the names of the language and no other.
  return runInNewContext('Object.getOwnPropertyNames(globalThis)') as string[]
}
