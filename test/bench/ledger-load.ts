// One step of the ledger's bench in a process of its own, so that its memory can be told from that
// of others: `fill DIR N` appends N entries, `recover DIR` opens what lies there.
import { Replica } from '../../range/server/gun/replica.ts'
import { ValueStore } from '../../range/server/gun/store.ts'
import { valueKey } from '../../range/ledger/replica.ts'
import { nativeSha256 } from '../../range/server/ledger/native.ts'
import { openLog } from '../../range/server/ledger/open.ts'
import { BENCH_ENTRY, BENCH_LOG } from './ledger-entry.ts'

// `fill DIR COUNT`, `recover DIR`, or `share DIR COUNT`: as a room does it, two seconds of 16
// leaves to a checkpoint that goes into the replica.
const [what = '', dir = '', countText = '0'] = process.argv.slice(2)
const BATCH = what === 'share' ? 32 : 4096

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
const store = new ValueStore()
const replica = what === 'share' ? new Replica(log, sink(store), `${dir}/checkpoints`) : undefined
if (what !== 'recover') {
  for (let left = Number(countText); left > 0; left -= BATCH) {
    await log.append(Array.from({ length: Math.min(left, BATCH) }, () => BENCH_ENTRY))
    await log.publish(left)
    replica?.update()
  }
}
const figures = { size: log.size, openedMs, cpuMs: Math.round((user + system) / 1000) }
process.stdout.write(JSON.stringify({ ...figures, ...(await megabytes()) }))
await log.close()
replica?.close()

/** The store without its hub. */
function sink(values: ValueStore): ConstructorParameters<typeof Replica>[1] {
  return {
    publish: (space, value, options) =>
      options?.sourced === true ? valueKey(value, nativeSha256) : values.keep(space, value),
    forget: (space, key) => values.forget(space, key),
    attach: (source) => values.attach(source),
    detach: (source) => values.detach(source),
  }
}
