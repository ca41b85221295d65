import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  connectSeat,
  type SeatConnection,
  type SeatState,
} from '../../../range/client/socket/seat.ts'
import { startServer, type Running } from '../../../range/server/main.ts'

export interface Harness {
  running: Running
  readonly data: string
  readonly url: string
  post(
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Record<string, unknown>; cookie: string | null }>
  get(path: string, headers?: Record<string, string>): Promise<Response>
  /** Stops the server and starts another on the same data and port. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** A real server on a free port, on a folder of its own; its pages are a stub. */
export async function startHarness(): Promise<Harness> {
  const data = mkdtempSync(join(tmpdir(), 'doorstep-'))
  const begin = (port: number): Promise<Running> =>
    startServer({
      port,
      data,
      lan: false,
      site: (_req, res) => {
        res.end('page')
      },
    })
  const running = await begin(0)
  const url = `http://127.0.0.1:${running.port}`
  const harness: Harness = {
    running,
    data,
    url,
    async post(path, body, headers = {}) {
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { origin: url, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
      return {
        status: response.status,
        body: (await response.json()) as Record<string, unknown>,
        cookie: response.headers.get('set-cookie')?.split(';')[0] ?? null,
      }
    },
    get: (path, headers = {}) => fetch(url + path, { headers, redirect: 'manual' }),
    async restart() {
      const { port } = harness.running
      await harness.running.close()
      harness.running = await begin(port)
    },
    async stop() {
      await harness.running.close()
      rmSync(data, { recursive: true, force: true })
    },
  }
  return harness
}

/** Signs a first trainer up and gives the cookie. */
export async function trainerCookie(harness: Harness): Promise<string> {
  const token = harness.running.services.accounts.invite('setup')
  const answer = await harness.post('/api/setup', {
    token,
    name: 'Tess Trainer',
    password: 'a long enough one',
  })
  if (answer.cookie === null) throw new Error(JSON.stringify(answer.body))
  return answer.cookie
}

export interface Player {
  readonly exercise: string
  readonly token: string
  readonly seat: string
  readonly connection: SeatConnection
}
export function connect(harness: Harness, made: Record<string, unknown>): Player {
  const { exercise, token, seat } = made as { exercise: string; token: string; seat: string }
  return {
    exercise,
    token,
    seat,
    connection: connectSeat({
      exercise,
      token,
      url: harness.url,
      headers: { origin: harness.url },
    }),
  }
}

/** Resolves with the first state that `wanted` accepts. */
export function until(
  connection: SeatConnection,
  wanted: (state: SeatState) => boolean,
  ms = 15_000,
): Promise<SeatState> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`not within ${ms} ms: ${JSON.stringify(connection.state()).slice(0, 400)}`))
    }, ms)
    let stop: (() => void) | undefined = undefined as (() => void) | undefined
    stop = connection.subscribe((state) => {
      if (!wanted(state)) return
      clearTimeout(timer)
      queueMicrotask(() => stop?.())
      resolve(state)
    })
  })
}
