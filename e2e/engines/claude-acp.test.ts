import { playColumn } from './table/play.ts'
import { claudeAcp } from './targets/claude-acp.ts'

playColumn(claudeAcp)
