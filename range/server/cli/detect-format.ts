import { readCombined } from './detect-combined.ts'
import { readEpcis } from './detect-epcis.ts'
import { readHttp } from './detect-http.ts'
import { readObject } from './detect-line.ts'
import type { LineReader, LogFormat } from './detect-line.ts'
import { readOcsf } from './detect-ocsf.ts'

const READERS: Readonly<Record<LogFormat, LineReader>> = {
  combined: readCombined,
  http: readHttp,
  ocsf: readOcsf,
  epcis: readEpcis,
}

/** The reader of a named format; without a name each line is read as what it looks like. */
export function readerOf(format: LogFormat | undefined): LineReader {
  if (format !== undefined) return READERS[format]
  return (line, uid) => READERS[guessFormat(line)](line, uid)
}

/** Telemetry of an exercise mixes two formats, so every line is judged by itself. */
export function guessFormat(line: string): LogFormat {
  if (!line.trimStart().startsWith('{')) return 'combined'
  const value = readObject(line)
  if (typeof value === 'string') return 'http'
  const inner = typeof value['body'] === 'object' && value['body'] !== null ? value['body'] : value
  if ('class_uid' in inner) return 'ocsf'
  if ('eventTime' in inner || 'epcisBody' in value || 'eventID' in inner) return 'epcis'
  return 'http'
}
