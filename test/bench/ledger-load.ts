// One step of the ledger's bench in a process of its own, so that its memory can be told from that
// of others: `fill DIR N` appends N entries, `recover DIR` opens what lies there.
import { openLog } from '../../range/server/ledger/open.ts'
import { BENCH_ENTRY, BENCH_LOG } from './ledger-entry.ts'

const [what = '', dir = '', countText = '0'] = process.argv.slice(2)
const BATCH = 4096

/** Megabytes that are in use, garbage collected where that can be asked for. */
async function megabytes(): Promise<{ readonly rss: number; readonly used: number }> {
  // What lies outside the heap is freed a moment after its owner.
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage()
  const round = (bytes: number) => Math.round(bytes / 1024 / 102.4) / 10
  // In Node array buffers are part of what lies outside the heap.
  return { rss: round(rss), used: round(heapUsed + Math.max(external, arrayBuffers)) }
}

const start = performance.now()
const log = await openLog(dir, BENCH_LOG)
const openedMs = Math.round(performance.now() - start)
const { user, system } = process.cpuUsage()
if (what === 'fill') {
  for (let left = Number(countText); left > 0; left -= BATCH) {
    await log.append(Array.from({ length: Math.min(left, BATCH) }, () => BENCH_ENTRY))
    await log.publish(left)
  }
}
const figures = { size: log.size, openedMs, cpuMs: Math.round((user + system) / 1000) }
process.stdout.write(JSON.stringify({ ...figures, ...(await megabytes()) }))
await log.close()
