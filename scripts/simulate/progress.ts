/** Tells how far the seeds have come. */
export interface Progress {
  show(played: number, failures: number): void
  end(): void
}

/** Lines where there is no terminal. */
const STEPS = 20

/** Progress of so many seeds: on a terminal in one line, else now and then a line. */
export function createProgress(count: number, out: NodeJS.WriteStream = process.stdout): Progress {
  let told = 0
  return {
    show(played, failures) {
      const text = `${played} of ${count} seeds, ${failures} failures`
      if (out.isTTY) out.write(`\r${text}`)
      else if (Math.floor((STEPS * played) / count) > told) out.write(`${text}\n`)
      told = Math.floor((STEPS * played) / count)
    },
    end() {
      if (out.isTTY) out.write('\n')
    },
  }
}
