/** Ends a program that is deaf, with a child, where there is no table of processes, and prints what is left. Argument: tag. */
import { nextLine, startShell } from './running.fixture.ts'

const [tag = ''] = process.argv.slice(2)
const running = await startShell(
  `trap "" TERM; (trap "" TERM; exec sleep ${tag}) & echo ready; wait; exec sleep ${tag}`,
)
await nextLine(running)
console.log(JSON.stringify(await running.end({ signalMs: 50 })))
