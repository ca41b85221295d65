/**
 * Random temporal formulas over random logs, the monitor against the definition: a million pairs,
 * or `--pairs N` beginning with the seed `--from S`, so that a long run can be taken up again.
 * Every third is saved and restored on its way. Prints the seed and the smallest log and formula
 * that still differ; exits 1.
 */
import { parseArgs } from 'node:util'
import { caseFrom, caseOf, compared, type Case } from '../oracle/mfotl-agree.ts'

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '1000000' },
    from: { type: 'string', default: '0' },
  },
})
const pairs = whole('--pairs', values.pairs)
const from = whole('--from', values.from)
const REPORT_EVERY = 10_000
const KINDS = ['SINCE', 'UNTIL', 'ONCE', 'EVENTUALLY', 'PREV', 'NEXT', '<-', 'LET', 'FORALL']

function whole(name: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  process.stderr.write(`${name} takes a whole number, not ${text}\n`)
  process.exit(2)
}

/** What differs, or what was thrown; null where both agree or one has nothing to say. */
function complaint(c: Case, saveAt: number | null): string | null {
  try {
    const both = compared(c, saveAt)
    if (!both || both.actual.join('\n') === both.wanted.join('\n')) return null
    return `${both.text}\nmonitor\n  ${both.actual.join('\n  ')}\ndefinition\n  ${both.wanted.join('\n  ')}`
  } catch (error) {
    return error instanceof SyntaxError ? null : String(error)
  }
}

/** Every part in brackets may stand for the whole. */
function partsOf(source: string): string[] {
  const open: number[] = []
  const parts: string[] = []
  Array.from(source).forEach((letter, i) => {
    if (letter === '(') open.push(i)
    if (letter === ')') parts.push(source.slice((open.pop() ?? 0) + 1, i))
  })
  return parts.filter((part) => part.length > 0)
}

function smaller(c: Case): Case[] {
  const log = c.log.slice(0, c.length)
  return [
    ...partsOf(c.source).map((part) => caseFrom(part, log)),
    ...log.map((_, i) => caseFrom(c.source, log.toSpliced(i, 1))),
    ...log.flatMap((point, i) =>
      point.facts.map((_, k) =>
        caseFrom(c.source, log.with(i, { ...point, facts: point.facts.toSpliced(k, 1) })),
      ),
    ),
  ].filter((each) => each.length > 0)
}

function smallest(c: Case, saveAt: number | null): string {
  let told = complaint(c, saveAt) ?? ''
  for (let now: Case | undefined = c; now;) {
    const next: Case | undefined = smaller(now).find((each) => {
      try {
        return complaint(each, saveAt)?.includes('definition') === true
      } catch {
        return false
      }
    })
    if (next) told = complaint(next, saveAt) ?? told
    now = next
  }
  return told
}

const seen = new Map<string, number>()
let count = 0
let wrong = 0
for (let seed = from; seed < from + pairs; seed++) {
  const c = caseOf(seed)
  const saveAt = seed % 3 === 0 ? seed % c.length : null
  const told = complaint(c, saveAt)
  if (told !== null) {
    wrong++
    process.stdout.write(`seed ${seed}${saveAt === null ? '' : `, saved at ${saveAt}`}\n`)
    process.stdout.write(`${smallest(c, saveAt)}\n\n`)
    if (wrong === 5) break
  }
  count++
  for (const kind of KINDS) if (c.source.includes(kind)) seen.set(kind, (seen.get(kind) ?? 0) + 1)
  if (count % REPORT_EVERY === 0) process.stdout.write(`${count} pairs, next seed ${seed + 1}\n`)
}
const kinds = KINDS.map((kind) => `${kind} ${seen.get(kind) ?? 0}`).join(', ')
process.stdout.write(
  `${count} pairs (seeds ${from} to ${from + count - 1}), ${wrong} wrong; ${kinds}\n`,
)
if (wrong > 0) process.exitCode = 1
