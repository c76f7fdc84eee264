/** My job: the version of the program that a call runs, without running it: `gemini --version` takes a second. */
import { readFile, realpath } from 'node:fs/promises'
import { delimiter, dirname, join, resolve, sep } from 'node:path'
import { parseLine, textOf } from './fields.ts'
import type { GeminiSetting } from './gemini-setting.ts'

/** As its package says; `undefined` when the program is no link into one. */
export async function installedVersion({
  command,
  env,
}: Pick<GeminiSetting, 'command' | 'env'>): Promise<string | undefined> {
  const folders = command.includes(sep) ? [''] : (env.PATH ?? '').split(delimiter)
  for (const folder of folders) {
    const program = await realpath(resolve(folder, command)).catch(() => undefined)
    if (program !== undefined) return versionAbove(dirname(program))
  }
  return undefined
}

/** From the folder of the program up to the package that it is part of. */
async function versionAbove(folder: string): Promise<string | undefined> {
  const manifest = parseLine(await readFile(join(folder, 'package.json'), 'utf8').catch(() => ''))
  const version = textOf(manifest.version)
  if (version !== undefined) return textOf(manifest.name)?.endsWith('gemini-cli') ? version : undefined
  return dirname(folder) === folder ? undefined : versionAbove(dirname(folder))
}
