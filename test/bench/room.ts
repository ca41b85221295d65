import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { LoadOrder, LoadReport } from './room-load.ts'

const ROOT = join(import.meta.dirname, '../..')
const PLAYERS = 100
const ACTIONS = 100
const EVERY_MS = 200
const JOIN_AGAIN_MS = 500

/** Milliseconds from a trainer's action to the screens of a room, and what it cost. */
export interface RoomFigure {
  readonly players: number
  readonly actions: number
  readonly missed: number
  readonly eachMs: Spread
  readonly lastMs: Spread
  /** Shares of one core while it ran. */
  readonly serverCpu: number | null
  readonly loadCpu: number
  readonly coresAndLoad: string
}
interface Spread {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/**
 * An action to every screen with 100 connected players; server and load each in a process of its
 * own.
 */
export async function benchRoom(): Promise<RoomFigure> {
  const data = mkdtempSync(join(tmpdir(), 'doorstep-bench-room-'))
  const { child, url, setup } = await serve(data)
  try {
    const order = await fill(url, setup)
    const before = cpuMs(child)
    const from = performance.now()
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(import.meta.dirname, 'room-load.ts'), JSON.stringify(order)],
      { maxBuffer: 64 * 1024 * 1024 },
    )
    const after = cpuMs(child)
    const report = JSON.parse(stdout) as LoadReport
    return {
      players: PLAYERS,
      actions: ACTIONS,
      missed: report.missed,
      eachMs: spread(report.each),
      lastMs: spread(report.last),
      serverCpu:
        before === null || after === null
          ? null
          : rounded((after - before) / (performance.now() - from)),
      loadCpu: rounded(report.cpuShare),
      coresAndLoad: `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
    }
  } finally {
    const gone = new Promise((done) => child.once('exit', done))
    child.kill('SIGTERM')
    await gone
    rmSync(data, { recursive: true, force: true })
  }
}

/** The real server on a port that it chooses, with the one-time link it prints. */
function serve(data: string): Promise<{ child: ChildProcess; url: string; setup: string }> {
  const child = spawn(
    process.execPath,
    ['range/server/cli.ts', 'serve', '--port', '0', '--data', data],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  return new Promise((done, reject) => {
    let printed = ''
    child.once('exit', () => reject(new Error(`the server ended: ${printed}`)))
    child.stdout.on('data', (text: Buffer) => {
      printed += String(text)
      const url = /open at (http:\/\/\S+)/.exec(printed)?.[1]
      const setup = /\/setup\?token=([\w-]+)/.exec(printed)?.[1]
      if (url !== undefined && setup !== undefined) done({ child, url, setup })
    })
  })
}

/** A running exercise with 100 players: attackers, defenders and customers, by turns. */
async function fill(url: string, setup: string): Promise<LoadOrder> {
  const call = async (path: string, body: unknown, cookie = ''): Promise<Answer> => {
    for (;;) {
      const headers = { origin: url, 'content-type': 'application/json', cookie }
      const response = await fetch(url + path, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      })
      if (response.status === 429) {
        await new Promise((again) => setTimeout(again, JOIN_AGAIN_MS))
        continue
      }
      const parsed = (await response.json()) as Record<string, unknown>
      if (!response.ok) throw new Error(`${path}: ${JSON.stringify(parsed)}`)
      return { body: parsed, cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' }
    }
  }
  const { cookie } = await call('/api/setup', {
    token: setup,
    name: 'Tess',
    password: 'a long enough one',
  })
  const made = await call('/api/exercises', { scenario: 'market-day', seed: 11 }, cookie)
  const tokens: string[] = []
  for (let i = 0; i < PLAYERS; i++) {
    const role = (['attacker', 'defender', 'customer'] as const)[i % 3]
    const seat = await call('/api/join', { code: made.body['code'], nickname: `p${i}`, role })
    tokens.push(String(seat.body['token']))
  }
  const exercise = String(made.body['exercise'])
  const trainer = String(made.body['token'])
  await start(url, exercise, trainer)
  return { url, exercise, tokens, trainer, actions: ACTIONS, everyMs: EVERY_MS }
}
interface Answer {
  readonly body: Record<string, unknown>
  readonly cookie: string
}

async function start(url: string, exercise: string, token: string): Promise<void> {
  const { connectSeat } = await import('../../range/client/socket/seat.ts')
  const trainer = connectSeat({ exercise, token, url, headers: { origin: url } })
  await trainer.act({ kind: 'Phase', phase: 'running' })
  trainer.close()
}

/** Processor time of a child so far, or null where the system does not tell. */
function cpuMs({ pid }: ChildProcess): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return null
  }
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}
function rounded(value: number): number {
  return Math.round(value * 100) / 100
}

if (import.meta.main) console.log(JSON.stringify(await benchRoom()))
