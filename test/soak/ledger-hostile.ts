/**
 * Every attack of a hostile Gun peer, ten times as wide as in CI, one after the other and then all
 * at once, against a whole server with a class in play. Prints how long moves took and what memory
 * the server came to; exits 1 where it ended, began a connection, or left a bound of [L41].
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { ATTACKS } from '../range/ledger/hostile-attacks.ts'
import { HostileRange } from '../range/ledger/hostile-range.ts'

const scale = Number(process.env['SCALE'] ?? 10)
const rounds = Number(process.env['ROUNDS'] ?? 3)
const GROWTH_MB_MAX = 200

const range = await HostileRange.open(scale)
const say = (text: string) => process.stdout.write(`${text}\n`)
const at = (sorted: readonly number[], share: number) =>
  Math.round(sorted[Math.floor(sorted.length * share)] ?? 0)

function attack(name: string): Promise<unknown> {
  const script = new URL('../range/ledger/hostile-worker.ts', import.meta.url)
  return once(new Worker(script, { workerData: { name, target: range.target } }), 'exit')
}

/** Runs an attack and tells what it did to the player's moves. */
async function under(name: string, work: () => Promise<unknown>): Promise<void> {
  const before = range.moves
  const start = performance.now()
  await work()
  const seconds = (performance.now() - start) / 1000
  const { waits, rssMost } = await range.harm()
  const some = waits.slice(before).toSorted((a, b) => a - b)
  say(
    `${seconds.toFixed(1).padStart(6)} s  ${String(some.length).padStart(4)} moves, ` +
      `p50 ${at(some, 0.5)} ms, p95 ${at(some, 0.95)} ms, ${rssMost} MB at most  ${name}`,
  )
}

await under('nothing', () => new Promise((resolve) => setTimeout(resolve, 5000)))
for (let round = 0; round < rounds; round++) {
  for (const name of Object.keys(ATTACKS)) await under(name, () => attack(name))
  await under('all at once', () => Promise.all(Object.keys(ATTACKS).map(attack)))
}
const { outgoing, trapped, rssBefore, rssMost, moves } = await range.harm()
const grown = rssMost - rssBefore
say(
  `${moves} moves answered, ${outgoing.length} connections begun, ${trapped} at the trap, ` +
    `${rssBefore} MB before, ${grown} MB more at most (bound ${GROWTH_MB_MAX})`,
)
if (!range.alive || outgoing.length > 0 || trapped > 0 || grown > GROWTH_MB_MAX)
  process.exitCode = 1
await range.close()
