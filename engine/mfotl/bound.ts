import { durationText } from './explain-words.ts'
import { partsOf, type Core } from './core.ts'
import type { Interval, Position } from './ast.ts'
import type { CompiledFormula } from './monitor.ts'

/** What one operator of a formula may keep; `seconds` is null where its interval has no end. */
export interface KeptBound extends Position {
  readonly operator: 'ONCE' | 'SINCE' | 'EVENTUALLY' | 'UNTIL'
  readonly seconds: number | null
  readonly text: string
}

const NAMES = {
  once: 'ONCE',
  since: 'SINCE',
  eventually: 'EVENTUALLY',
  until: 'UNTIL',
} as const

/**
 * What bounds the memory of a monitor of this formula, operator by operator, in the order of the
 * text; HISTORICALLY and ALWAYS count as the ONCE and EVENTUALLY they are. Beside these stands
 * `keptMax` of the monitor.
 */
export function keptBounds(compiled: CompiledFormula): KeptBound[] {
  return boundsOf(compiled.formula.core).sort((a, b) => a.line - b.line || a.column - b.column)
}

function boundsOf(f: Core): KeptBound[] {
  const inner = partsOf(f).flatMap(boundsOf)
  if (f.kind !== 'once' && f.kind !== 'since' && f.kind !== 'eventually' && f.kind !== 'until')
    return inner
  const past = f.kind === 'once' || f.kind === 'since'
  const { interval, at } = f
  const seconds = Number.isFinite(interval.to) ? interval.to : null
  const text = past ? pastText(interval) : aheadText(interval)
  return [{ ...at, operator: NAMES[f.kind], seconds, text }, ...inner]
}

function pastText({ to }: Interval): string {
  return Number.isFinite(to)
    ? `the answers of the last ${durationText(to)}, each once, and a record for each time it came`
    : 'each answer there ever was, once'
}

function aheadText({ to }: Interval): string {
  return `answers and events of ${durationText(to)} ahead of the verdict that is due`
}
