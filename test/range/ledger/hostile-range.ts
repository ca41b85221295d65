import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { connectSeat, type SeatConnection } from '../../../range/client/socket/seat.ts'
import type { Target } from './hostile-attacks.ts'

const CHILD = fileURLToPath(new URL('./hostile-child.ts', import.meta.url))
const MB = 1024 * 1024

/** What a server under attack went through. */
export interface Harm {
  /** Moves of a player that were answered. */
  readonly moves: number
  /** Milliseconds until each was. */
  readonly waits: readonly number[]
  /** Connections the server, or a thread of it, began; and those that reached the trap. */
  readonly outgoing: readonly string[]
  readonly trapped: number
  /** Megabytes resident before the first attack, and the most since. */
  readonly rssBefore: number
  readonly rssMost: number
}

/**
 * A whole server in a process of its own with a class in play, whose attacker makes one move after
 * the other; watched for connections it begins.
 */
export class HostileRange {
  readonly target: Target
  readonly #child: ChildProcess
  readonly #data: string
  readonly #trap: Server
  readonly #lines: SeatConnection[] = []
  readonly #waits: number[] = []
  #outgoing = ''
  #trapped = 0
  #rssBefore = 0
  #rssMost = 0
  #playing = true

  private constructor(child: ChildProcess, data: string, trap: Server, target: Target) {
    this.#child = child
    this.#data = data
    this.#trap = trap
    this.target = target
    trap.on('connection', (socket) => {
      this.#trapped += 1
      socket.destroy()
    })
    const told = child.stdio[3] as Readable
    told.on('data', (text: Buffer) => (this.#outgoing += text.toString()))
  }

  static async open(scale: number): Promise<HostileRange> {
    const data = mkdtempSync(join(tmpdir(), 'doorstep-hostile-'))
    const child = fork(CHILD, [data], {
      execArgv: ['--import', new URL('./hostile-watch.mjs', import.meta.url).href],
      stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'ipc'],
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    })
    const trap = createServer()
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve))
    const [{ port, setup }] = (await once(child, 'message')) as [{ port: number; setup: string }]
    const trapUrl = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/gun`
    const range = new HostileRange(child, data, trap, { port, trap: trapUrl, scale })
    await range.#play(setup)
    range.#rssBefore = await range.#rss()
    return range
  }

  /** How many moves were answered so far. */
  get moves(): number {
    return this.#waits.length
  }

  /** Whether the server still runs; it says on standard error why not. */
  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  async harm(): Promise<Harm> {
    await this.#rss()
    return {
      moves: this.moves,
      waits: this.#waits,
      outgoing: this.#outgoing.split('\n').filter((line) => line !== ''),
      trapped: this.#trapped,
      rssBefore: this.#rssBefore,
      rssMost: this.#rssMost,
    }
  }

  async close(): Promise<void> {
    this.#playing = false
    for (const line of this.#lines) line.close()
    this.#trap.close()
    if (this.alive) {
      const gone = once(this.#child, 'exit')
      this.#child.disconnect()
      await gone
    }
    rmSync(this.#data, { recursive: true, force: true })
  }

  async #rss(): Promise<number> {
    if (!this.alive) return Infinity
    this.#child.send('rss')
    const [{ rss }] = (await once(this.#child, 'message')) as [{ rss: number }]
    this.#rssMost = Math.max(this.#rssMost, Math.round(rss / MB))
    return Math.round(rss / MB)
  }

  async #play(setup: string): Promise<void> {
    const who = { token: setup, name: 'Tess', password: 'a long enough one' }
    const { cookie } = await this.#post('/api/setup', who)
    const made = await this.#post('/api/exercises', { scenario: 'market-day', seed: 5 }, cookie)
    const asked = { code: made.body['code'], nickname: 'Ada', role: 'attacker' }
    const trainer = this.#connect(made.body)
    const attacker = this.#connect((await this.#post('/api/join', asked)).body)
    await trainer.act({ kind: 'Phase', phase: 'running' })
    void this.#moves(attacker)
  }

  async #moves(attacker: SeatConnection): Promise<void> {
    while (this.#playing) {
      const start = performance.now()
      const answer = await attacker.move({ kind: 'StopAttack', run: 99 }).catch(() => undefined)
      if (answer === undefined || ('reason' in answer && answer.reason === 'closed')) return
      this.#waits.push(performance.now() - start)
      await new Promise((resolve) => setTimeout(resolve, 60))
      if (this.#waits.length % 8 === 0) await this.#rss()
    }
  }

  async #post(path: string, body: unknown, cookie = '') {
    const origin = `http://127.0.0.1:${this.target.port}`
    const headers = { origin, 'content-type': 'application/json', cookie }
    const answer = await fetch(origin + path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    const own = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
    return { body: (await answer.json()) as Record<string, string>, cookie: own }
  }

  #connect({ exercise = '', token = '' }: Record<string, string>): SeatConnection {
    const url = `http://127.0.0.1:${this.target.port}`
    const line = connectSeat({ exercise, token, url, headers: { origin: url } })
    this.#lines.push(line)
    return line
  }
}
