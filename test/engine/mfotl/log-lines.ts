import { formatVerdict, LogReader } from '../../../engine/mfotl/log.ts'
import { compile, createMonitor } from '../../../engine/mfotl/monitor.ts'

export interface Run {
  readonly lines: string[]
  readonly problems: string[]
  readonly dropped: number
}

/**
 * Formula and log to verdict lines, as the command line does it; `end: false` leaves out what
 * only the end of the log decides.
 */
export function run(
  signature: string,
  formula: string,
  log: string,
  options: { end?: boolean; negate?: boolean } = {},
): Run {
  const compiled = compile(formula, signature, { negate: options.negate === true })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
  const monitor = createMonitor(compiled.value)
  const types = compiled.value.variables.map((v) => v.type)
  const lines: string[] = []
  const problems: string[] = []
  const reader = new LogReader(compiled.value.signature, (p) =>
    problems.push(`${p.line}: ${p.message}`),
  )
  const take: Parameters<LogReader['read']>[1] = (p) => {
    lines.push(...monitor.step(p.timestamp, p.facts).map((v) => formatVerdict(v, types)))
  }
  for (const line of log.split('\n')) reader.read(line, take)
  reader.end(take)
  if (options.end !== false) lines.push(...monitor.end().map((v) => formatVerdict(v, types)))
  return { lines, problems, dropped: monitor.dropped }
}
