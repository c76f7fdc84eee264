import { playColumn } from './table/play.ts'
import { geminiCli } from './targets/gemini-cli.ts'

playColumn(geminiCli)
