import type { FileKind } from '../facts.ts'

/** A language by the ending of a file, and what files of it are for unless the path says otherwise. */
export interface Language {
  readonly name: string
  readonly kind: Extract<FileKind, 'source' | 'docs' | 'config' | 'data' | 'other'>
}

const endings: Readonly<Record<Language['kind'], Readonly<Record<string, string>>>> = {
  source: {
    TypeScript: 'ts tsx mts cts',
    JavaScript: 'js jsx mjs cjs',
    Python: 'py pyi pyx',
    Go: 'go',
    Rust: 'rs',
    Java: 'java',
    C: 'c h',
    'C++': 'cc cpp cxx hpp hh hxx ipp',
    'C#': 'cs',
    Kotlin: 'kt kts',
    Swift: 'swift',
    'Objective-C': 'm mm',
    Scala: 'scala sc',
    Ruby: 'rb rake gemspec',
    PHP: 'php',
    Perl: 'pl pm',
    Lua: 'lua',
    Dart: 'dart',
    Elixir: 'ex exs',
    Erlang: 'erl hrl',
    Haskell: 'hs',
    OCaml: 'ml mli',
    Clojure: 'clj cljs cljc',
    R: 'r',
    Julia: 'jl',
    Zig: 'zig',
    Nix: 'nix',
    Shell: 'sh bash zsh fish bats',
    PowerShell: 'ps1 psm1',
    Assembly: 's asm',
    SQL: 'sql',
    HTML: 'html htm',
    CSS: 'css scss sass less',
    Vue: 'vue',
    Svelte: 'svelte',
    GraphQL: 'graphql gql',
    'Protocol Buffers': 'proto',
    Terraform: 'tf',
    Makefile: 'mk',
    CMake: 'cmake',
  },
  docs: { Markdown: 'md mdx markdown', reStructuredText: 'rst', AsciiDoc: 'adoc', TeX: 'tex', Text: 'txt' },
  config: {
    JSON: 'json json5 jsonc',
    YAML: 'yaml yml',
    TOML: 'toml',
    XML: 'xml plist',
    INI: 'ini cfg conf properties editorconfig',
  },
  data: { CSV: 'csv tsv', 'JSON lines': 'jsonl ndjson', SVG: 'svg', Patch: 'patch diff' },
  other: {},
}

const wholeNames = new Map<string, Language>(
  Object.entries({
    dockerfile: { name: 'Dockerfile', kind: 'source' },
    makefile: { name: 'Makefile', kind: 'source' },
    gnumakefile: { name: 'Makefile', kind: 'source' },
    'cmakelists.txt': { name: 'CMake', kind: 'source' },
    rakefile: { name: 'Ruby', kind: 'source' },
    gemfile: { name: 'Ruby', kind: 'config' },
    jenkinsfile: { name: 'Groovy', kind: 'config' },
    'go.mod': { name: 'Go module', kind: 'config' },
    license: { name: 'Text', kind: 'docs' },
    copying: { name: 'Text', kind: 'docs' },
    readme: { name: 'Text', kind: 'docs' },
    changelog: { name: 'Text', kind: 'docs' },
    notice: { name: 'Text', kind: 'docs' },
    authors: { name: 'Text', kind: 'docs' },
  } as const),
)

const byEnding = new Map<string, Language>(
  Object.entries(endings).flatMap(([kind, languages]) =>
    Object.entries(languages).flatMap(([name, list]) =>
      // Object.entries widens the key, which is a kind.
      list.split(' ').map((ending) => [ending, { name, kind: kind as Language['kind'] }] as const),
    ),
  ),
)

const interpreters: readonly (readonly [RegExp, string])[] = [
  [/\b(?:ba|z|k|da)?sh\b/, 'Shell'],
  [/\bpython/, 'Python'],
  [/\b(?:node|deno|bun)\b/, 'JavaScript'],
  [/\btsx|ts-node\b/, 'TypeScript'],
  [/\bruby\b/, 'Ruby'],
  [/\bperl\b/, 'Perl'],
]

/** The language of a file by its name. A name that tells nothing is `Other`. */
export function languageOf(path: string): Language {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const ending = name.slice(name.lastIndexOf('.') + 1)
  return wholeNames.get(name) ?? byEnding.get(ending) ?? { name: 'Other', kind: 'other' }
}

/** The language by the first line, for a script without an ending. */
export function scriptLanguage(text: string): Language | undefined {
  if (!text.startsWith('#!')) return undefined
  const line = text.slice(0, 200).split('\n')[0] ?? ''
  const name = interpreters.find(([pattern]) => pattern.test(line))?.[1]
  return name === undefined ? undefined : { name, kind: 'source' }
}
