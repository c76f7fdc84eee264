/** My job: that a prompt on stdin is said to the model: headless Gemini runs `/commands` and reads the files of `@paths`. */
import { access } from 'node:fs/promises'
import { resolve } from 'node:path'

/** What Gemini takes for a path; nothing that a backslash stands before. */
const AT_PATH = /(?<!\\)@((?:"[^"]*"|\\.|[^ \t\n\r,;!?()[\]{}.]|\.(?!$|[ \t\n\r]))+)/g

/** The prompt, so that it is no command, and names of files in the folder are names. */
export async function guardPrompt(prompt: string, folder: string): Promise<string> {
  const text = prompt.startsWith('/') ? `\n${prompt}` : prompt
  const paths = new Set([...text.matchAll(AT_PATH)].map(([, path = '']) => path))
  const found = new Set<string>()
  for (const path of paths) if (await isThere(resolve(folder, toPath(path)))) found.add(path)
  return text.replace(AT_PATH, (whole, path: string) => (found.has(path) ? `\\${whole}` : whole))
}

function toPath(written: string): string {
  return written.replace(/"([^"]*)"/g, '$1').replace(/\\(.)/g, '$1')
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
