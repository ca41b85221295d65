import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { startServer } from '../../range/server/main.ts'
import type { Rooms } from '../../range/server/rooms.ts'

/** Rooms to open and players to seat in each: attackers, defenders and customers, by turns. */
export interface RoomsOrder {
  readonly rooms: number
  readonly playersEach: number
}
export interface FilledRoom {
  readonly exercise: string
  readonly trainer: string
  readonly players: readonly { readonly role: string; readonly token: string }[]
}
export interface Filled {
  readonly url: string
  readonly rooms: readonly FilledRoom[]
}
/** What a process used while it was measured. */
export interface Cost {
  /** Share of one core, all threads. */
  readonly cpu: number
  /** Share of the time in which the event loop had something to do. */
  readonly busy: number
  /**
   * Shares of the time in which the main thread ran, and in which it could have but others had the
   * processors; null where the system does not tell.
   */
  readonly ran: number | null
  readonly starved: number | null
  /** How late timers came, milliseconds beyond the resolution of 1 ms. */
  readonly lateMs: Spread
}
export interface Spread {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}
export interface Peer {
  readonly filled: Filled
  begin(): Promise<void>
  end(): Promise<Cost>
  stop(): Promise<void>
}

/** The server in a process of its own, on a fresh folder, with its exercises running. */
export async function startPeer(order: RoomsOrder): Promise<Peer> {
  const data = mkdtempSync(join(tmpdir(), 'doorstep-bench-room-'))
  const child = fork(import.meta.filename, [JSON.stringify(order), data])
  const filled = (await next(child)) as Filled
  const ask = (word: string): Promise<unknown> => {
    const answer = next(child)
    child.send(word)
    return answer
  }
  return {
    filled,
    begin: async () => {
      await ask('begin')
    },
    end: async () => (await ask('end')) as Cost,
    async stop() {
      const gone = new Promise((done) => child.once('exit', done))
      child.kill('SIGTERM')
      await gone
      rmSync(data, { recursive: true, force: true })
    },
  }
}
function next(child: ChildProcess): Promise<unknown> {
  return new Promise((done, reject) => {
    child.once('message', done)
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
}

/** Measures this process from now on; call the result for what it used. */
export function measured(): () => Cost {
  const late = monitorEventLoopDelay({ resolution: 1 })
  late.enable()
  const cpu = process.cpuUsage()
  const loop = performance.eventLoopUtilization()
  const schedule = scheduled()
  const from = performance.now()
  return () => {
    late.disable()
    const passed = performance.now() - from
    const now = scheduled()
    const share = (nth: 0 | 1): number | null =>
      schedule === null || now === null ? null : rounded((now[nth] - schedule[nth]) / passed)
    const { user, system } = process.cpuUsage(cpu)
    const at = (percent: number): number => rounded(late.percentile(percent) / 1e6 - 1)
    return {
      cpu: rounded((user + system) / 1000 / passed),
      busy: rounded(performance.eventLoopUtilization(loop).utilization),
      ran: share(0),
      starved: share(1),
      lateMs: { p50: at(50), p95: at(95), p99: at(99) },
    }
  }
}

/** Milliseconds that the main thread has run, and has waited for a processor. */
function scheduled(): readonly [number, number] | null {
  try {
    const [ran, waited] = readFileSync('/proc/self/schedstat', 'utf8').split(' ')
    return [Number(ran) / 1e6, Number(waited) / 1e6]
  } catch {
    return null
  }
}

export function spread(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number): number =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}
function rounded(value: number): number {
  return Math.round(value * 100) / 100
}

async function fill(rooms: Rooms, order: RoomsOrder): Promise<readonly FilledRoom[]> {
  const filled: FilledRoom[] = []
  for (let i = 0; i < order.rooms; i++) {
    const made = await rooms.create({
      scenario: 'market-day',
      seed: 11 + i,
      mode: 'class',
      owner: null,
    })
    if (!made.ok) throw new Error(made.reason)
    const seat = async (role: 'trainer' | 'attacker' | 'defender' | 'customer', name: string) => {
      const seated = await rooms.seat(made.room, role, name)
      if (!seated.ok) throw new Error(seated.reason)
      return { role, token: seated.token }
    }
    const trainer = await seat('trainer', 'Tess')
    const players: { role: string; token: string }[] = []
    for (let n = 0; n < order.playersEach; n++)
      players.push(await seat((['attacker', 'defender', 'customer'] as const)[n % 3]!, `p${n}`))
    await made.room.submit({ kind: 'PhaseSet', phase: 'running' })
    filled.push({ exercise: made.room.id, trainer: trainer.token, players })
  }
  return filled
}

async function serve(order: RoomsOrder, data: string): Promise<void> {
  const running = await startServer({
    port: 0,
    data,
    lan: false,
    site: (_req, res) => {
      res.end('page')
    },
  })
  const rooms = await fill(running.services.rooms, order)
  process.send!({ url: `http://127.0.0.1:${running.port}`, rooms } satisfies Filled)
  let end = measured()
  process.on('message', (word) => {
    if (word === 'begin') end = measured()
    process.send!(word === 'end' ? end() : 'begun')
  })
  process.once('SIGTERM', () => void running.close().then(() => process.exit(0)))
}

if (import.meta.main) {
  const [order = '', data = ''] = process.argv.slice(2)
  await serve(JSON.parse(order) as RoomsOrder, data)
}
