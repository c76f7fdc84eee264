import { describe, expect, it } from 'vitest'
import { expectSuccess, runCommand } from './run-command.ts'

const node = (text: string): readonly [string, readonly string[]] => [process.execPath, ['-e', text]]

describe('runCommand', () => {
  it('tells the exit code and what was printed on both streams', async () => {
    const outcome = await runCommand(...node("console.log('a'); console.error('b'); process.exitCode = 3"), {
      output: 'keep',
    })
    expect(outcome).toMatchObject({ code: 3, timedOut: false })
    expect(outcome.output.split('\n').sort()).toEqual(['', 'a', 'b'])
  })

  it('closes the input', async () => {
    const { output } = await runCommand(
      ...node("process.stdin.on('end', () => console.log('end')).resume()"),
      {
        output: 'keep',
      },
    )
    expect(output).toBe('end\n')
  })

  it('kills the command and what it started when the time is over', async () => {
    // The child of the child would hold the output open for ever if it lived on.
    const endless = 'setInterval(() => {}, 1000)'
    const text = `require('child_process').spawn(process.execPath, ['-e', '${endless}'], { stdio: 'inherit' }); ${endless}`
    const outcome = await runCommand(...node(text), { limitMs: 300, output: 'keep' })
    expect(outcome).toEqual({ code: null, timedOut: true, output: '' })
  })

  it('tells that there is no such command', async () => {
    const { code, output } = await runCommand('baton-no-such-command', [], { output: 'keep' })
    expect(code).toBe(null)
    expect(output).toContain('ENOENT')
  })
})

describe('expectSuccess', () => {
  it('gives the output', async () => {
    expect(await expectSuccess(...node("console.log('a')"), { output: 'keep' })).toBe('a\n')
  })

  it('throws the command, the exit code and the output', async () => {
    const failing = expectSuccess(...node("console.log('why'); process.exitCode = 2"), { output: 'keep' })
    await expect(failing).rejects.toThrow(/` ended with 2\nwhy/)
  })
})
