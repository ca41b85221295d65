import { connect as connectTcp } from 'node:net'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import {
  connect,
  startHarness,
  trainerCookie,
  until,
  type Harness,
  type Player,
} from './harness.ts'

let harness: Harness
let cookie: string
let code: string
let trainer: Player
let good: Player
beforeAll(async () => {
  harness = await startHarness()
  cookie = await trainerCookie(harness)
  const made = await harness.post('/api/exercises', { scenario: 'quiet-day', seed: 3 }, { cookie })
  code = String(made.body['code'])
  trainer = connect(harness, made.body)
  good = connect(
    harness,
    (await harness.post('/api/join', { code, nickname: 'Good', role: 'defender' })).body,
  )
  await until(good.connection, ({ view }) => view !== null)
}, 60_000)
afterAll(async () => {
  trainer.connection.close()
  good.connection.close()
  await harness.stop()
})
/** Nobody else was harmed: the good player still gets answers. */
async function stillFine(): Promise<void> {
  const page = await good.connection.ask({ text: '', source: 'all', from: 0, to: 1, limit: 1 })
  expect(page.error).toBeUndefined()
  expect(good.connection.state().line).toBe('here')
}
function statusOf(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    const ws = new WebSocket(harness.url.replace('http', 'ws') + path, { headers })
    ws.on('unexpected-response', (_req, res) => {
      resolve(res.statusCode ?? 0)
      ws.terminate()
    })
    ws.on('open', () => {
      resolve(101)
      ws.terminate()
    })
    ws.on('error', () => undefined)
  })
}

test('[N30] sockets of several kinds share the port; unknown paths and other origins are refused', async () => {
  const own = { origin: harness.url }
  expect(await statusOf('/socket.io/?EIO=4&transport=websocket', own)).toBe(101)
  expect(await statusOf('/board', own)).toBe(101)
  expect(await statusOf('/gun', own)).toBe(101)
  expect(await statusOf('/gun', { origin: 'null' })).toBe(101)
  expect(await statusOf('/elsewhere', own)).toBe(404)
  expect(await statusOf('/board', { origin: 'http://evil.example' })).toBe(403)
  expect(await statusOf('/board', { origin: 'null' })).toBe(403)
  expect(await statusOf('/socket.io/?EIO=4&transport=websocket', { origin: 'null' })).toBe(403)
  await stillFine()
})

const POSTS = [
  [
    'another site',
    '/api/join',
    { code: 'K7QX2M', nickname: 'A' },
    { origin: 'http://evil.example' },
    403,
  ],
  ['the cage', '/api/join', { code: 'K7QX2M', nickname: 'A' }, { origin: 'null' }, 403],
  ['a form', '/api/join', 'code=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ['broken JSON', '/api/join', '{"code":', {}, 400],
  ['an oversized body', '/api/join', JSON.stringify({ code: 'x'.repeat(70_000) }), {}, 413],
  ['an unknown code', '/api/join', { code: 'ZZZZZZ', nickname: 'A' }, {}, 404],
  ['no session', '/api/exercises', { scenario: 'w1' }, {}, 401],
  [
    'a forged session',
    '/api/exercises',
    { scenario: 'w1' },
    { cookie: 'doorstep_session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' },
    401,
  ],
  [
    'an oversized session',
    '/api/exercises',
    { scenario: 'w1' },
    { cookie: `doorstep_session=${'a'.repeat(4000)}` },
    401,
  ],
  [
    'a spent link',
    '/api/setup',
    { token: 'a'.repeat(32), name: 'Eve', password: 'a long enough one' },
    {},
    409,
  ],
  ['an unknown address', '/api/nowhere', {}, {}, 404],
] as const
test.each(POSTS)(
  '[N31] a request from %s is refused',
  async (_name, path, body, headers, status) => {
    const answer = await harness.post(path, body, headers)
    expect(answer.status).toBe(status)
    expect(answer.body['ok']).toBe(false)
    expect(String(answer.body['reason'])).toMatch(/\w/)
    await stillFine()
  },
)

test('[N32] a forged or foreign token gets no seat', async () => {
  for (const auth of [
    {},
    { exercise: good.exercise, token: 'a'.repeat(32) },
    { exercise: 'x0000000000000000', token: good.token },
    { exercise: [], token: {} },
  ]) {
    const socket = io(harness.url, {
      auth,
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      extraHeaders: { origin: harness.url },
    })
    const message = await new Promise<string>((resolve) => {
      socket.on('connect_error', (error) => {
        resolve(error.message)
      })
      socket.on('connect', () => {
        resolve('connected')
      })
    })
    socket.disconnect()
    expect(message).toBe('unknown')
  }
  await stillFine()
})

test('[N33] malformed, forged and oversized messages are refused; only an oversized one ends its own line', async () => {
  const socket = io(harness.url, {
    auth: { exercise: good.exercise, token: good.token },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: { origin: harness.url },
  })
  await new Promise<void>((resolve) => {
    socket.on('connect', () => {
      resolve()
    })
  })
  const send = (
    event: string,
    message: unknown,
  ): Promise<{ ok?: boolean; reason?: string; error?: string }> =>
    socket.timeout(4000).emitWithAck(event, message) as never
  for (const message of [
    null,
    'x',
    { id: 'a' },
    { id: 'b', move: { kind: 'Launch' } },
    { id: 'c', move: { kind: 'Launch', technique: 'p2', params: { __proto__: 1 } }, extra: 1 },
  ]) {
    expect(await send('move', message)).toMatchObject({ ok: false })
  }
  expect(await send('act', { id: 'd', move: { kind: 'Phase', phase: 'ended' } })).toMatchObject({
    ok: false,
    reason: 'not-yours',
  })
  expect(
    (await send('ask', { text: 'x', source: 'all', from: 0, to: 1, limit: 1e9 })).error,
  ).toMatch(/limit/)
  const cut = new Promise<void>((resolve) => {
    socket.on('disconnect', () => {
      resolve()
    })
  })
  socket.emit('move', { id: 'e', move: 'x'.repeat(100_000) })
  await cut
  await stillFine()
})

test('[N34] a flood is slowed down and cut, and others go on', async () => {
  const socket = io(harness.url, {
    auth: { exercise: good.exercise, token: good.token },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: { origin: harness.url },
  })
  await new Promise<void>((resolve) => {
    socket.on('connect', () => {
      resolve()
    })
  })
  const reasons = new Set<string>()
  const cut = new Promise<void>((resolve) => {
    socket.on('disconnect', () => {
      resolve()
    })
  })
  for (let i = 0; i < 400; i++)
    socket.emit('move', { id: `f${i}`, move: {} }, (answer: { reason: string }) => {
      reasons.add(answer.reason)
    })
  await cut
  expect(reasons).toContain('slow-down')
  await stillFine()
})

test('[N35] the same move sent twice takes effect once', async () => {
  const { room } = harness.running.services.rooms.holder(trainer.exercise, trainer.token) as {
    room: { run: { state: { notes: unknown[] } } }
  }
  const socket = io(harness.url, {
    auth: { exercise: trainer.exercise, token: trainer.token },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: { origin: harness.url },
  })
  await new Promise<void>((resolve) => {
    socket.on('connect', () => {
      resolve()
    })
  })
  const before = room.run.state.notes.length
  for (let i = 0; i < 3; i++)
    expect(
      await socket.emitWithAck('act', { id: 'same', move: { kind: 'Note', text: 'once' } }),
    ).toEqual({ ok: true })
  socket.disconnect()
  expect(room.run.state.notes.length).toBe(before + 1)
})

test('[N36] rubbish on the wire is answered and dropped', async () => {
  const answer = await new Promise<string>((resolve) => {
    const socket = connectTcp(harness.running.port, '127.0.0.1', () => {
      socket.write('\x00\x01rubbish\r\n\r\n')
    })
    socket.on('data', (data) => {
      resolve(String(data))
    })
    socket.on('close', () => {
      resolve('closed')
    })
    socket.on('error', () => {
      resolve('closed')
    })
  })
  expect(answer).toMatch(/400|closed/)
  expect((await harness.get('/', { host: 'a b' })).status).toBeGreaterThanOrEqual(200)
  await stillFine()
})

test('[N37] a locked exercise takes no newcomer; wrong passwords are slowed down', async () => {
  await trainer.connection.act({ kind: 'Lock', locked: true })
  expect((await harness.post('/api/join', { code, nickname: 'Late' })).status).toBe(423)
  await trainer.connection.act({ kind: 'Lock', locked: false })
  const late = await harness.post('/api/join', { code, nickname: 'Late' })
  expect(late.status).toBe(200)
  const statuses: number[] = []
  for (let i = 0; i < 8; i++)
    statuses.push(
      (await harness.post('/api/signin', { name: 'Tess Trainer', password: 'wrong' })).status,
    )
  expect(statuses[0]).toBe(401)
  expect(statuses.at(-1)).toBe(429)
}, 60_000)
