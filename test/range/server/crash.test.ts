import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectSeat, type SeatConnection } from '../../../range/client/socket/seat.ts'
import type { AttackerView, TrainerView } from '../../../range/protocol/view.ts'
import { until } from './harness.ts'

const CHILD = fileURLToPath(new URL('./crash-child.ts', import.meta.url))
/** The promise to players; here from the moment the new server listens. */
const RESUME_MS_MAX = 5000
const LAUNCH = { kind: 'Launch', technique: 'P2', params: {}, startInMinutes: 0 } as const

let data: string
let child: ChildProcess | undefined
const lines: SeatConnection[] = []
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'doorstep-crash-'))
})
afterEach(async () => {
  for (const line of lines.splice(0)) line.close()
  const gone = over()
  child?.kill('SIGKILL')
  await gone
  rmSync(data, { recursive: true, force: true })
})

interface Started {
  readonly port: number
  readonly setup: string
}
function start(port: number, dieAfter = ''): Promise<Started> {
  const env = { ...process.env, DIE_AFTER: dieAfter, NODE_NO_WARNINGS: '1' }
  const own = spawn(process.execPath, [CHILD, String(port), data], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child = own
  return new Promise((resolve, reject) => {
    own.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
    own.stdout.once('data', (text: Buffer) => resolve(JSON.parse(String(text)) as Started))
  })
}
/** Resolves with the signal that ended the server. */
function over(): Promise<string | null> {
  return new Promise((resolve) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return resolve(null)
    child.once('exit', (_code, signal) => resolve(signal))
  })
}

async function post(port: number, path: string, body: unknown, cookie = '') {
  const origin = `http://127.0.0.1:${port}`
  const headers = { origin, 'content-type': 'application/json', cookie }
  const answer = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) })
  const own = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  return { body: (await answer.json()) as Record<string, string>, cookie: own }
}
function connect(port: number, seat: Record<string, string>): SeatConnection {
  const url = `http://127.0.0.1:${port}`
  const { exercise = '', token = '' } = seat
  const line = connectSeat({ exercise, token, url, headers: { origin: url } })
  lines.push(line)
  return line
}

/** A class in play: the trainer and an attacker sit at it. */
async function play({ port, setup }: Started) {
  const who = { token: setup, name: 'Tess', password: 'a long enough one' }
  const { cookie } = await post(port, '/api/setup', who)
  const made = await post(port, '/api/exercises', { scenario: 'market-day', seed: 5 }, cookie)
  const asked = { code: made.body['code'], nickname: 'Ada', role: 'attacker' }
  const trainer = connect(port, made.body)
  const attacker = connect(port, (await post(port, '/api/join', asked)).body)
  await trainer.act({ kind: 'Phase', phase: 'running' })
  await until(attacker, ({ view }) => view !== null && view.clock.now >= view.clock.start + 2000)
  return { trainer, attacker, exercise: made.body['exercise']! }
}

function logged(exercise: string, kind: string): number {
  const file = join(data, 'exercises', exercise, 'ledger', 'openings.jsonl')
  const entries = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return entries.filter((line) => line.includes(`"kind":"${kind}"`)).length
}

test('[N35] a move made durable by a server that died before answering is made once and answered', async () => {
  const first = await start(0, 'move')
  const { attacker, exercise } = await play(first)
  const killed = over()
  const answer = attacker.move(LAUNCH)
  expect(await killed).toBe('SIGKILL')
  expect(logged(exercise, 'Moved')).toBe(1)

  await start(first.port)
  const from = performance.now()
  expect(await answer).toEqual({ ok: true, run: 0 })
  await until(attacker, ({ line, view }) => line === 'here' && view !== null)
  expect(performance.now() - from).toBeLessThan(RESUME_MS_MAX)
  const { view } = await until(attacker, (state) => runsOf(state.view) > 0)
  expect(runsOf(view)).toBe(1)
  expect(logged(exercise, 'Moved')).toBe(1)
}, 60_000)

test('[N35] the same holds for what a trainer does', async () => {
  const first = await start(0, 'act')
  const { trainer, exercise } = await play(first)
  const killed = over()
  const answer = trainer.act({ kind: 'Note', text: 'once' })
  expect(await killed).toBe('SIGKILL')
  await start(first.port)
  expect(await answer).toEqual({ ok: true })
  const { view } = await until(trainer, ({ view: seen }) => notesOf(seen) > 0)
  expect(notesOf(view)).toBe(1)
  expect(logged(exercise, 'Noted')).toBe(1)
}, 60_000)

test('[N2] killed in play and started again, the exercise goes on within 5 s with nothing lost', async () => {
  const first = await start(0)
  const { trainer, attacker } = await play(first)
  expect(await attacker.move(LAUNCH)).toEqual({ ok: true, run: 0 })
  const before = attacker.state().view!
  const gone = over()
  child!.kill('SIGKILL')
  await gone
  await until(attacker, ({ line }) => line === 'lost')
  await start(first.port)
  const from = performance.now()
  const resumed = await until(attacker, ({ line, view }) => line === 'here' && view !== null)
  expect(performance.now() - from).toBeLessThan(RESUME_MS_MAX)
  expect(runsOf(resumed.view)).toBe(1)
  // The last second's digest may not have been durable; it is computed again.
  expect(resumed.view!.clock.now).toBeGreaterThanOrEqual(before.clock.now - 1000)
  await until(attacker, ({ view }) => view!.clock.now > before.clock.now + 1000)
  await until(trainer, ({ line }) => line === 'here')
  expect(await trainer.act({ kind: 'Phase', phase: 'ended' })).toEqual({ ok: true })
}, 60_000)

function runsOf(view: unknown): number {
  return (view as AttackerView | null)?.runs.length ?? 0
}
function notesOf(view: unknown): number {
  return (view as TrainerView | null)?.notes.length ?? 0
}
