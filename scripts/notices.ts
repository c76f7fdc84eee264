// Core carries its few libraries inside its dist; this puts their licences beside them.
// Runs after tsup, in the folder of the package, on the metafile that tsup leaves there.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

const metafile = 'dist/metafile-esm.json'
// esbuild writes this file; its inputs are an object by path.
const { inputs } = JSON.parse(readFileSync(metafile, 'utf8')) as { readonly inputs: object }

const folders = new Set(
  Object.keys(inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
)
const notices = [...folders].sort().map((folder) => {
  // A package.json is an object; what it may lack is asked for below.
  const { name, version, license, author } = JSON.parse(
    readFileSync(`${folder}/package.json`, 'utf8'),
  ) as Manifest
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  if (!file && !license)
    throw new Error(`${name} tells no licence, so its code cannot travel inside this package`)
  const text = file ? readFileSync(`${folder}/${file}`, 'utf8').trim() : `${license}, ${toName(author)}`
  return `## ${name} ${version}\n\n${text}\n`
})

rmSync(metafile)
writeFileSync('dist/THIRD-PARTY-NOTICES.md', `# Libraries inside this package\n\n${notices.join('\n')}`)

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly author?: string | { readonly name: string }
}

function toName(author: Manifest['author']): string {
  return (typeof author === 'string' ? author : author?.name) ?? 'its authors'
}
