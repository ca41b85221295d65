import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLog } from '../../range/server/ledger/open.ts'
import type { Log } from '../../range/server/ledger/log.ts'

/** What one load reached. */
export interface LedgerFigure {
  readonly inFlight: number
  readonly appendsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Processor time an append cost, all threads; tells more than the clock on a busy machine. */
  readonly cpuMicros: number
}

const entry = {
  kind: 'input',
  time: 123_456,
  seat: 'defender-2',
  command: { kind: 'HoldParcel', parcel: 'parcel:4711', reason: 'van left its route' },
}

/**
 * Durable appends a second with 1, 64 and 256 in flight, `seconds` each, in a fresh folder of
 * `root`.
 */
export async function benchLedger(seconds = 2, root = tmpdir()): Promise<LedgerFigure[]> {
  const figures: LedgerFigure[] = []
  for (const inFlight of [1, 64, 256]) {
    const dir = mkdtempSync(join(root, 'doorstep-bench-'))
    const log = await openLog(dir, { origin: 'doorstep.local/bench', mode: 'live' })
    figures.push(await load(log, inFlight, seconds))
    await log.close()
    rmSync(dir, { recursive: true, force: true })
  }
  return figures
}

async function load(log: Log, inFlight: number, seconds: number): Promise<LedgerFigure> {
  const waits: number[] = []
  const cpu = process.cpuUsage()
  const start = performance.now()
  const end = start + seconds * 1000
  async function client(): Promise<void> {
    for (let at = performance.now(); at < end && waits.length < 200_000; at = performance.now()) {
      await log.append([entry])
      waits.push(performance.now() - at)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, client))
  const elapsed = (performance.now() - start) / 1000
  waits.sort((a, b) => a - b)
  const at = (share: number) =>
    Math.round((waits[Math.floor(waits.length * share)] ?? 0) * 100) / 100
  const appendsPerSecond = Math.round(waits.length / elapsed)
  const { user, system } = process.cpuUsage(cpu)
  const cpuMicros = Math.round(((user + system) / waits.length) * 10) / 10
  return { inFlight, appendsPerSecond, p50Ms: at(0.5), p99Ms: at(0.99), cpuMicros }
}

if (import.meta.main) {
  for (const figure of await benchLedger()) console.log(JSON.stringify(figure))
}
