// Everything that must hold before a change lands, in order, up to the first failure. `npm run verify`.
import { runCommand } from './run-command.ts'

const steps = ['types', 'check', 'lint', 'test', 'examples', 'packed']

for (const step of steps) {
  console.log(`\nverify: ${step}`)
  const { code } = await runCommand('npm', ['run', '--silent', step])
  if (code !== 0) {
    console.log(`\nverify: stopped at "${step}", which ended with ${code}. Run it alone: npm run ${step}`)
    process.exit(1)
  }
}
console.log(`\nverify: ${steps.join(', ')} are green`)
