import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readLines } from './lines.ts'
import { allLines, createTag, startNode, startShell } from './running.fixture.ts'

const never = new Promise<never>(() => {})

function linesOf(chunks: readonly (string | Uint8Array)[], maxLineBytes = 1_000): Promise<readonly string[]> {
  const stream = Readable.from(
    chunks.map((chunk) => Buffer.from(chunk)),
    { objectMode: false },
  )
  return allLines({ lines: readLines(stream, { maxLineBytes, exited: never }) })
}

describe('lines', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['in one chunk', ['a\nb\n'], ['a', 'b']],
    ['the last one without an end', ['a\nb'], ['a', 'b']],
    ['empty ones', ['\n\na\n\n'], ['', '', 'a', '']],
    ['over many chunks', ['a', 'b', 'c\nd', '\n'], ['abc', 'd']],
    ['ended as on Windows', ['a\r\nb\r', '\nc\r'], ['a', 'b', 'c']],
    ['with a carriage return inside', ['a\rb\n'], ['a\rb']],
    ['none', [], []],
  ])('are read %s', async (_, chunks, lines) => {
    expect(await linesOf(chunks)).toEqual(lines)
  })

  it('keep characters whole that are torn between chunks, at every byte', async () => {
    const bytes = Buffer.from('a€😀\n')
    const single = [...bytes].map((byte) => Uint8Array.of(byte))
    expect(await linesOf(single)).toEqual(['a€😀'])
  })

  it('are text even where the bytes are not', async () => {
    expect(await linesOf([Uint8Array.of(0x61, 0xff, 0x0a)])).toEqual(['a\ufffd'])
  })

  it('have a bound, and the line that is over it is named by it', async () => {
    expect(await linesOf(['x'.repeat(10), '\n', 'y'], 10)).toEqual(['x'.repeat(10), 'y'])
    await expect(linesOf(['x'.repeat(6), 'x'.repeat(5)], 10)).rejects.toMatchObject({
      code: 'bad_output',
      message: 'The program wrote a line of more than 10 bytes',
    })
  })

  it('of 32 MB take as long per byte as short ones', async () => {
    const size = 32 * 1024 * 1024
    const running = await startNode(
      `process.stdout.write('x'.repeat(${size}) + '\\n'); process.stdout.write('end')`,
    )
    const lines = await allLines(running)
    expect(lines.map(({ length }) => length)).toEqual([size, 3])
    await running.end()
  }, 10_000)

  it('that nobody reads hold the program up, and it ends all the same', async () => {
    const write = `const more = () => process.stdout.write('x'.repeat(65536) + '\\n', more); more()`
    const running = await startNode(`${write}; setTimeout(() => process.stderr.write('written'), 1)`)
    const before = process.memoryUsage().rss
    let read = 0
    for await (const line of running.lines) {
      read += line.length
      if (read > 1_000_000) break
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
    expect(await running.end()).toEqual([])
  })

  it('end after the program, when something that it left behind holds its output open', async () => {
    const running = await startShell(`setsid sleep ${createTag()} & echo done`)
    expect(await allLines(running)).toEqual(['done'])
    expect(await running.exit).toMatchObject({ code: 0 })
    expect(await running.end()).toEqual([])
  })

  it('end soon after the program, when something that it left behind goes on writing', async () => {
    for (const pause of ['sleep 0.1', 'true']) {
      const running = await startShell(`(while :; do echo tick; ${pause}; done) & echo first; exit 3`)
      const start = performance.now()
      const lines = await allLines(running)
      expect(lines).toContain('first')
      expect(performance.now() - start).toBeLessThan(3_000)
      expect(await running.end()).toEqual([])
    }
  })

  it('are all there of a program that has exited long before they are read, when its output is held open', async () => {
    const size = 150_000
    const write = `console.log('first'); process.stdout.write('x'.repeat(${size}) + '\\nlast', () => process.exit())`
    const hold = `require('node:child_process').spawn('sleep', ['${createTag()}'], { detached: true, stdio: 'inherit' })`
    const running = await startNode(`${hold}; ${write}`)
    const lines = running.lines[Symbol.asyncIterator]()
    expect((await lines.next()).value).toBe('first')
    await running.exit
    await new Promise(setImmediate)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
    const rest = await allLines({ lines: { [Symbol.asyncIterator]: () => lines } })
    expect(rest.map(({ length }) => length)).toEqual([size, 4])
    await running.end()
  })

  it('are all read when this process was held up for longer than that', async () => {
    const running = await startShell(
      '(while kill -0 $$; do :; done; sleep 0.1; echo late) 2>/dev/null & echo first',
    )
    const lines = allLines(running)
    await running.exit
    await new Promise(setImmediate)
    // Nothing else runs here meanwhile: what is written then waits in the pipe.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
    expect(await lines).toEqual(['first', 'late'])
    await running.end()
  })

  it('that come slowly from what outlives the program are still read', async () => {
    const running = await startShell('(sleep 0.1; echo late) & echo first')
    expect(await allLines(running)).toEqual(['first', 'late'])
    await running.end()
  })
})
