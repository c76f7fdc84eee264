import { playColumn } from './table/play.ts'
import { claudeCli } from './targets/claude-cli.ts'

playColumn(claudeCli)
