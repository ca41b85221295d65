import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface TestServer {
  readonly url: string
  readonly port: number
  readonly data: string
  /** The one-time link printed at the first start. */
  readonly setup: string
  /** As a crash would: SIGKILL, then another on the same port and data. */
  killAndRestart(): Promise<void>
  kill(): Promise<void>
  restart(): Promise<void>
  stop(): Promise<void>
}

/** The real server in a process of its own, on a fresh data folder. */
export async function startTestServer(more: readonly string[] = []): Promise<TestServer> {
  const data = mkdtempSync(join(tmpdir(), 'doorstep-e2e-'))
  const port = await freePort()
  let child: ChildProcess
  let printed = ''
  const start = async (): Promise<void> => {
    printed = ''
    child = spawn(
      process.execPath,
      ['range/server/cli.ts', 'serve', '--port', String(port), '--data', data, ...more],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    child.stdout!.on('data', (text: Buffer) => {
      printed += String(text)
    })
    child.stderr!.on('data', (text: Buffer) => {
      process.stderr.write(text)
    })
    for (let i = 0; i < 300; i++) {
      if (printed.includes('Doorstep is open') && (await answers(port))) return
      if (child.exitCode !== null)
        throw new Error(`the server ended with ${child.exitCode}: ${printed}`)
      await new Promise((done) => setTimeout(done, 200))
    }
    throw new Error('the server did not start within a minute')
  }
  const end = (signal: NodeJS.Signals): Promise<void> =>
    new Promise((done) => {
      if (child.exitCode !== null || child.signalCode !== null) return done()
      child.once('exit', () => {
        done()
      })
      child.kill(signal)
    })
  await start()
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    data,
    setup: /(\/setup\?token=[\w-]+)/.exec(printed)?.[1] ?? '',
    kill: () => end('SIGKILL'),
    restart: start,
    async killAndRestart() {
      await end('SIGKILL')
      await start()
    },
    async stop() {
      await end('SIGTERM')
      rmSync(data, { recursive: true, force: true })
    },
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/api/me`)).ok
  } catch {
    return false
  }
}
function freePort(): Promise<number> {
  return new Promise((done, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => {
        done(port)
      })
    })
  })
}

/** Signs the first trainer up over the API and opens an exercise; gives the seats asked for. */
export async function openExercise(
  server: TestServer,
  scenario: string,
  roles: readonly string[],
): Promise<{
  readonly cookie: string
  readonly code: string
  readonly trainer: Seat
  readonly seats: readonly Seat[]
}> {
  const { cookie } = await post(server, '/api/setup', {
    token: server.setup.split('=')[1],
    name: `Tess ${server.port}`,
    password: 'a long enough one',
  })
  const made = await post(server, '/api/exercises', { scenario, seed: 11 }, cookie)
  const code = String(made.body['code'])
  const seats: Seat[] = []
  for (const role of roles)
    seats.push(
      (await post(server, '/api/join', { code, nickname: role, role })).body as unknown as Seat,
    )
  return { cookie, code, trainer: made.body as unknown as Seat, seats }
}
export interface Seat {
  readonly exercise: string
  readonly seat: string
  readonly token: string
  readonly role: string
  readonly href: string
}

export async function post(
  server: TestServer,
  path: string,
  body: unknown,
  cookie = '',
): Promise<{
  readonly status: number
  readonly body: Record<string, unknown>
  readonly cookie: string
}> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { origin: server.url, 'content-type': 'application/json', cookie },
    body: JSON.stringify(body),
  })
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '',
  }
}
