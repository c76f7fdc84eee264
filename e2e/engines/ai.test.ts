import { playColumn } from './table/play.ts'
import { aiSdk } from './targets/ai.ts'

playColumn(aiSdk)
