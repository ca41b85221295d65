import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectSeat, type SeatConnection } from '../../../range/client/socket/seat.ts'
import { holdData } from '../../../range/server/hold-data.ts'
import { until } from './harness.ts'

const CHILD = fileURLToPath(new URL('./crash-child.ts', import.meta.url))
const CLI = fileURLToPath(new URL('../../../range/server/cli.ts', import.meta.url))
const ENV = { ...process.env, NODE_NO_WARNINGS: '1' }

let data: string
const children: ChildProcess[] = []
const lines: SeatConnection[] = []
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'doorstep-hold-'))
})
afterEach(async () => {
  for (const line of lines.splice(0)) line.close()
  await Promise.all(children.splice(0).map(kill))
  rmSync(data, { recursive: true, force: true })
})

/** A server on the folder, at a port that it chooses. */
function start(): Promise<{ child: ChildProcess; url: string; setup: string }> {
  const child = spawn(process.execPath, [CHILD, '0', data], {
    env: ENV,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  return new Promise((done, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
    child.stdout.once('data', (text: Buffer) => {
      const { port, setup } = JSON.parse(String(text)) as { port: number; setup: string }
      done({ child, url: `http://127.0.0.1:${port}`, setup })
    })
  })
}
/** As by a loss of power. */
function kill(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done()
    child.once('exit', () => done())
    child.kill('SIGKILL')
  })
}
/** What `doorstep serve` on the folder ends with. */
function serve(): Promise<{ code: number | null; said: string[] }> {
  const child = spawn(process.execPath, [CLI, 'serve', '--port', '0', '--data', data], {
    env: ENV,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  children.push(child)
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said += String(text)))
  return new Promise((done) => {
    child.once('close', (code) => done({ code, said: said.split('\n').filter(Boolean) }))
  })
}

async function open(url: string, setup: string): Promise<Record<string, string>> {
  const post = (path: string, body: unknown, cookie = ''): Promise<Response> =>
    fetch(url + path, {
      method: 'POST',
      headers: { origin: url, 'content-type': 'application/json', cookie },
      body: JSON.stringify(body),
    })
  const signed = await post('/api/setup', {
    token: setup,
    name: 'Tess',
    password: 'a long one, enough',
  })
  const cookie = signed.headers.get('set-cookie')?.split(';')[0] ?? ''
  const made = await post('/api/exercises', { scenario: 'market-day', seed: 5 }, cookie)
  return (await made.json()) as Record<string, string>
}
function connect(url: string, { exercise = '', token = '' }: Record<string, string>) {
  const line = connectSeat({ exercise, token, url, headers: { origin: url } })
  lines.push(line)
  return line
}

test('[N45] a second server on a folder ends with code 2 and one line, and does the first no harm; killed, the first leaves the folder free', async () => {
  const first = await start()
  const seat = await open(first.url, first.setup)
  const trainer = connect(first.url, seat)
  await trainer.act({ kind: 'Phase', phase: 'running' })

  const { code, said } = await serve()
  expect(code).toBe(2)
  expect(said).toHaveLength(1)
  expect(said[0]).toContain(`${data} is in use by another server (process ${first.child.pid})`)
  expect(said[0]).toContain('--data DIR')
  // The first one's log was not fenced: it still takes what happens.
  expect(await trainer.act({ kind: 'Note', text: 'still here' })).toEqual({ ok: true })

  await kill(first.child)
  const next = await start()
  const again = connect(next.url, seat)
  const { view } = await until(again, ({ line }) => line === 'here')
  expect(JSON.stringify(view)).toContain('still here')
}, 120_000)

test('[N45] a folder is free again once it is let go, whatever process number stands in it', () => {
  const held = holdData(data)
  expect(() => holdData(data)).toThrow(`in use by another server (process ${process.pid})`)
  held.release()
  holdData(data).release()
})
