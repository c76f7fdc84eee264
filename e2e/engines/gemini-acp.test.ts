import { playColumn } from './table/play.ts'
import { geminiAcp } from './targets/gemini-acp.ts'

playColumn(geminiAcp)
