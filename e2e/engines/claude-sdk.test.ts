import { playColumn } from './table/play.ts'
import { claudeSdk } from './targets/claude-sdk.ts'

playColumn(claudeSdk)
