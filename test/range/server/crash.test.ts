import { spawn, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { MoveSigner } from '../../../range/client/move-keys.ts'
import { connectSeat, type SeatConnection } from '../../../range/client/socket/seat.ts'
import { moveSignature, moveText } from '../../../range/ledger/move-seal.ts'
import type { AttackerView, TrainerView } from '../../../range/protocol/view.ts'
import { inspectDir } from '../../../range/server/ledger/inspect.ts'
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
function connect(port: number, seat: Record<string, string>, signer?: MoveSigner): SeatConnection {
  const url = `http://127.0.0.1:${port}`
  const { exercise = '', token = '' } = seat
  const line = connectSeat({
    exercise,
    token,
    url,
    headers: { origin: url },
    ...(signer && { signer }),
  })
  lines.push(line)
  return line
}

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
/** The attacker's key, as a browser would have one. */
const signer: MoveSigner = {
  sign: (move) => Promise.resolve(moveSignature(raw, sign(null, moveText(move)!, privateKey))),
}

/** A class in play: the trainer and an attacker sit at it. */
async function play({ port, setup }: Started) {
  const who = { token: setup, name: 'Tess', password: 'a long enough one' }
  const { cookie } = await post(port, '/api/setup', who)
  const made = await post(port, '/api/exercises', { scenario: 'market-day', seed: 5 }, cookie)
  const asked = { code: made.body['code'], nickname: 'Ada', role: 'attacker' }
  const trainer = connect(port, made.body)
  const attacker = connect(port, (await post(port, '/api/join', asked)).body, signer)
  await trainer.act({ kind: 'Phase', phase: 'running' })
  await until(attacker, ({ view }) => view !== null && view.clock.now >= view.clock.start + 2000)
  return { trainer, attacker, exercise: made.body['exercise']! }
}

function logged(exercise: string, kind: string): number {
  const file = join(data, 'exercises', exercise, 'ledger', 'openings.jsonl')
  const entries = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return entries.filter((line) => line.includes(`"kind":"${kind}"`)).length
}

test('[N2] [N35] [L75] killed between making durable and answering, twice: the exercise goes on within 5 s, each message took effect once and is answered', async () => {
  const first = await start(0, 'move')
  const { trainer, attacker, exercise } = await play(first)
  const before = attacker.state().view!.clock.now
  const killed = over()
  const launched = attacker.move(LAUNCH)
  expect(await killed).toBe('SIGKILL')
  expect(logged(exercise, 'Moved')).toBe(1)
  await until(attacker, ({ line }) => line === 'lost')

  await start(first.port, 'act')
  const from = performance.now()
  expect(await launched).toEqual({ ok: true, run: 0 })
  await until(attacker, ({ line, view }) => line === 'here' && runsOf(view) === 1)
  expect(performance.now() - from).toBeLessThan(RESUME_MS_MAX)
  // The last second's digest may not have been durable: that second is computed again.
  expect(attacker.state().view!.clock.now).toBeGreaterThanOrEqual(before - 1000)
  await until(attacker, ({ view }) => view!.clock.now > before + 1000)
  expect(logged(exercise, 'Moved')).toBe(1)

  await until(trainer, ({ line }) => line === 'here')
  const again = over()
  const noted = trainer.act({ kind: 'Note', text: 'once' })
  expect(await again).toBe('SIGKILL')
  await start(first.port)
  expect(await noted).toEqual({ ok: true })
  const { view } = await until(trainer, ({ view: seen }) => notesOf(seen) > 0)
  expect(notesOf(view)).toBe(1)
  expect(logged(exercise, 'Noted')).toBe(1)
  expect(await trainer.act({ kind: 'Phase', phase: 'ended' })).toEqual({ ok: true })
  // Sent again, it bore the same signature.
  const moves = (): unknown => inspectDir(join(data, 'exercises', exercise)).moves
  await expect.poll(moves).toEqual({ signed: 1, players: 1, unsigned: 0, lapsed: 0 })
}, 240_000)

test('[N35] one step while paused, cut off by a crash and sent again, is one second', async () => {
  const first = await start(0, 'step')
  const { trainer, exercise } = await play(first)
  expect(await trainer.act({ kind: 'Phase', phase: 'paused' })).toEqual({ ok: true })
  const still = trainer.state().view!.clock.now
  const killed = over()
  const stepped = trainer.act({ kind: 'Step' })
  expect(await killed).toBe('SIGKILL')
  await start(first.port)
  expect(await stepped).toEqual({ ok: true })
  const { view } = await until(trainer, (seen) => seen.line === 'here' && nowOf(seen) > still)
  expect(view!.clock).toMatchObject({ phase: 'paused', now: still + 1000 })
  expect(logged(exercise, 'Ticked')).toBe(1)
  expect(await trainer.act({ kind: 'Step' })).toEqual({ ok: true })
  await until(trainer, (seen) => nowOf(seen) === still + 2000)
  expect(await trainer.act({ kind: 'Phase', phase: 'running' })).toEqual({ ok: true })
  expect(await trainer.act({ kind: 'Step' })).toEqual({ ok: false, reason: 'not-paused' })
}, 240_000)

function nowOf({ view }: { view: { clock: { now: number } } | null }): number {
  return view?.clock.now ?? 0
}
function runsOf(view: unknown): number {
  return (view as AttackerView | null)?.runs.length ?? 0
}
function notesOf(view: unknown): number {
  return (view as TrainerView | null)?.notes.length ?? 0
}
