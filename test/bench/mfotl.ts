import { execFileSync } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LogReader, type LogTimePoint } from '../../engine/mfotl/log.ts'
import { compile, createMonitor } from '../../engine/mfotl/monitor.ts'
import { parseSignature } from '../../engine/mfotl/signature.ts'
import { drawFrom } from '../oracle/mfotl-random.ts'

/**
 * Events per second of the monitor on the first six specifications of the reference table. The
 * workload is one event a time-point, as dense as 10^6 in 30 days (3 days at least): 60 % orders,
 * 25 % GPS fixes of 200 vans, 15 % failed payments. Each in a process of its own, start-up and
 * reading included, by the clock and by what the process used of processors.
 * `node test/bench/mfotl.ts [EVENTS]`
 */
export const BENCH_SIGNATURE = `order(o:int) pay(o:int, a:int) label(p:int, o:int) scan(p:int, s:int) deliver(p:int)
refund(o:int, e:int, m:int) approve(o:int, a:int) gps(v:int, x:int, y:int, t:int) payfail(i:int, ip:int)`

/**
 * Name, formula, and the middle of the reference monitor's measured range; where it was measured to
 * be slower on 10^6 events, the best of that.
 */
export const SPECIFICATIONS: readonly (readonly [string, string, number, number?])[] = [
  [
    'paid-as-written',
    'deliver(p) AND NOT (EXISTS o. ((ONCE[0,30d] label(p,o)) AND (ONCE[0,14d] (EXISTS a. pay(o,a)))))',
    2500,
  ],
  [
    'paid-by-hand',
    'deliver(p) AND NOT (EXISTS o. ((deliver(p) AND (ONCE[0,30d] label(p,o))) AND (ONCE[0,14d] (EXISTS a. pay(o,a)))))',
    47_500,
    5000,
  ],
  [
    'four-eyes',
    '(refund(o,e,m) AND m > 10000) AND NOT (EXISTS a. ((refund(o,e,m) AND (ONCE[0,24h] approve(o,a))) AND NOT (a = e)))',
    1_850_000,
  ],
  [
    'impossible-move',
    'EXISTS x1,y1,t1,x2,y2,t2. ((gps(v,x2,y2,t2) AND (PREV ((NOT (EXISTS a,b,c. gps(v,a,b,c))) SINCE[0,1h] gps(v,x1,y1,t1)))) AND ((x2-x1)*(x2-x1)+(y2-y1)*(y2-y1) > 1600*(t2-t1)*(t2-t1)))',
    67_500,
  ],
  ['card-testing', '(c <- CNT i; ip (ONCE[0,10m] payfail(i,ip))) AND c >= 15', 145_500],
  [
    'shipped-in-time',
    '(EXISTS a. pay(o,a)) AND NOT (EVENTUALLY[0,3d] (EXISTS p. label(p,o)))',
    178_500,
  ],
]

const DAY = 86_400
interface Event {
  readonly at: number
  readonly text: string
}

/** The log as MonPoly reads it; the same for the same number of events. */
export function benchLog(events: number): string {
  const draw = drawFrom(20_260)
  const out: Event[] = []
  const horizon = Math.max(3, (30 * events) / 1e6) * DAY
  const orders = Math.floor((events * 0.6) / 6.1)
  for (let o = 0; o < orders; o++) order(o, draw(horizon), draw, out)
  const fixes = Math.floor(events * 0.25)
  for (let i = 0; i < fixes; i++) {
    const at = Math.floor((i * horizon) / fixes)
    const jump = draw(2000) === 0 ? 90_000_000 : 0
    const place = Math.floor(i / 200) * 5 + jump
    out.push({ at, text: `gps(${i % 200},${place},${draw(40)},${at})` })
  }
  while (out.length < events) {
    const burst = draw(400) === 0
    const ip = burst ? 9_999 : draw(5000)
    const at = draw(horizon)
    for (let k = 0; k < (burst ? 20 : 1); k++)
      out.push({ at: at + k * 10, text: `payfail(${out.length},${ip})` })
  }
  out.sort((a, b) => a.at - b.at)
  return `${out
    .slice(0, events)
    .map((e) => `@${e.at} ${e.text}`)
    .join('\n')}\n`
}

function order(o: number, start: number, draw: (below: number) => number, out: Event[]): void {
  const add = (at: number, text: string): void => {
    out.push({ at, text })
  }
  add(start, `order(${o})`)
  if (draw(500) > 0) add(start + draw(1800), `pay(${o},${1000 + draw(20_000)})`)
  const labelled = start + 7200 + draw(2 * DAY) + (draw(100) === 0 ? 3 * DAY : 0)
  add(labelled, `label(${o},${o})`)
  const scans = 1 + draw(3)
  for (let s = 0; s < scans; s++) add(labelled + 3600 * (s + 1), `scan(${o},${s})`)
  const delivered = labelled + 3600 * (scans + 1) + draw(DAY) + (draw(100) === 0 ? 14 * DAY : 0)
  add(delivered, `deliver(${o})`)
  if (draw(100) >= 8) return
  const staff = draw(20)
  const amount = 1000 + draw(20_000)
  const approver = draw(50) === 0 ? staff : (staff + 1 + draw(19)) % 20
  add(delivered + 3600, `approve(${o},${approver})`)
  add(delivered + 7200, `refund(${o},${staff},${amount})`)
}

/** Lines of a file, read in large pieces. */
async function eachLine(file: string, take: (line: string) => void): Promise<void> {
  let rest = ''
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 18 })) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  }
  take(rest)
}

interface Measured {
  readonly verdicts: number
  readonly seconds: number
  readonly processor: number
  readonly megabytes: number
}

/** One specification over the file, in a process of its own so that memory is its own. */
async function measure(name: string, file: string): Promise<Measured> {
  const signature = parseSignature(BENCH_SIGNATURE)
  const formula = SPECIFICATIONS.find((s) => s[0] === name)?.[1] ?? ''
  if (!signature.ok) throw new Error('the signature of the bench is broken')
  const compiled = compile(formula, signature.value)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
  const monitor = createMonitor(compiled.value)
  const reader = new LogReader(
    signature.value,
    (p) => {
      throw new Error(`${p.line}: ${p.message}`)
    },
    compiled.value.formula.predicates,
  )
  let verdicts = 0
  const step = (p: LogTimePoint): void => {
    verdicts += monitor.step(p.timestamp, p.facts).length
  }
  await eachLine(file, (line) => reader.read(line, step))
  reader.end(step)
  verdicts += monitor.end().length
  // Both count from the start of the process.
  const seconds = performance.now() / 1000
  const { user, system } = process.cpuUsage()
  const megabytes = process.resourceUsage().maxRSS / 1024
  return { verdicts, seconds, processor: (user + system) / 1e6, megabytes }
}

function main(events: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'doorstep-bench-'))
  const file = join(folder, 'bench.log')
  writeFileSync(file, benchLog(events))
  process.stdout.write(`${events} events, one a time-point, read from a file\n`)
  process.stdout.write(
    'specification      verdicts   events/s  a processor second   peak MB  x reference (processor)\n',
  )
  let product = 1
  for (const [name, , usual, million] of SPECIFICATIONS) {
    const reference = events >= 1e6 ? (million ?? usual) : usual
    const run = execFileSync(process.execPath, [import.meta.filename, '--one', name, file], {
      encoding: 'utf8',
    })
    const { verdicts, seconds, processor, megabytes } = JSON.parse(run) as Measured
    const ratio = events / processor / reference
    product *= ratio
    const columns = [
      String(verdicts).padStart(8),
      (events / seconds).toFixed(0).padStart(10),
      (events / processor).toFixed(0).padStart(19),
      megabytes.toFixed(0).padStart(9),
      ratio.toFixed(1).padStart(13),
    ]
    process.stdout.write(`${name.padEnd(18)} ${columns.join(' ')}\n`)
  }
  const mean = product ** (1 / SPECIFICATIONS.length)
  process.stdout.write(
    `geometric mean against the middle of the reference's published range: ${mean.toFixed(1)}x\n`,
  )
  rmSync(folder, { recursive: true })
}

if (process.argv[1] === import.meta.filename) {
  const [, , first, name = '', file = ''] = process.argv
  if (first === '--one') process.stdout.write(JSON.stringify(await measure(name, file)))
  else main(Number(first ?? 100_000))
}
