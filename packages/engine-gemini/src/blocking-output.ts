/**
 * My job: that nothing of what Gemini says is lost. It writes to a pipe without waiting and then exits: whatever the pipe
 * did not hold by then is gone, its final record too, and the exit code is 0 (seen in 0.61: of 3 MB, some 60 kB came).
 * A line of code before its own makes its stdout wait, as the documentation of Node says that it does.
 */

/** The environment in which a program on Node waits until what it writes was taken. */
export function withBlockingOutput(env: Readonly<Record<string, string>>): Record<string, string> {
  const { NODE_OPTIONS: before } = env
  // What the program starts is to have the options that it had before.
  const restore =
    before === undefined
      ? 'delete process.env.NODE_OPTIONS'
      : `process.env.NODE_OPTIONS=${JSON.stringify(before)}`
  const code = `${restore};process.stdout._handle?.setBlocking?.(true)`
  const option = `--import=data:text/javascript,${encodeURIComponent(code)}`
  return { ...env, NODE_OPTIONS: before === undefined ? option : `${before} ${option}` }
}
