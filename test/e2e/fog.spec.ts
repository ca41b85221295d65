import { expect, test, type Browser, type BrowserContext } from '@playwright/test'
import { connectSeat, type SeatConnection } from '../../range/client/socket/seat.ts'
import type { Move } from '../../range/protocol/move.ts'
import { FORBIDDEN } from './forbidden-words.ts'
import { masked, quiet, record, type Heard } from './recorder.ts'
import { post, startTestServer, type Seat, type TestServer } from './server.ts'

/** What a role may not see never leaves the server: all that browsers of each role receive is recorded and compared. */
test.describe.configure({ mode: 'serial', timeout: 300_000 })
const ROLES = ['screen', 'defender', 'customer', 'attacker'] as const
type Watched = (typeof ROLES)[number]
const STEPS = 4
const TABLES = 6
const TOWN_START = 32_400_000
const LEAVES_PER_TICK = 16
let server: TestServer
/** Made at once, and audited before they are played: an audit comes by the real clock. */
let made: (Seat & { readonly code: string })[]
let quietGame: Game
let busyGame: Game

test.beforeAll(async () => {
  server = await startTestServer()
  const setup = await post(server, '/api/setup', {
    token: server.setup.split('=')[1],
    name: 'Tess',
    password: 'a long enough one',
  })
  made = await Promise.all(
    Array.from(
      { length: TABLES },
      async () =>
        (await post(server, '/api/exercises', { scenario: 'market-day', seed: 31 }, setup.cookie))
          .body as unknown as Seat & { code: string },
    ),
  )
  for (const one of made) {
    const trainer = trainerOf(one)
    await expect
      .poll(
        () => {
          const { view } = trainer.state()
          return view?.role === 'trainer' ? view.ledger.verdict : ''
        },
        { timeout: 40_000 },
      )
      .toBe('intact')
    trainer.close()
  }
})
function trainerOf({ exercise, token }: Seat): SeatConnection {
  return connectSeat({ exercise, token, url: server.url, headers: { origin: server.url } })
}
test.afterAll(async () => {
  await server.stop()
})

interface Game {
  readonly exercise: string
  readonly trainer: SeatConnection
  readonly seats: Readonly<Record<Watched, Seat>>
  readonly heard: Readonly<Record<Watched, Heard>>
  readonly contexts: readonly BrowserContext[]
  readonly names: readonly string[]
  /** By role and station, what came: masked, patches joined, so that the real clock does not matter. */
  readonly stations: Record<Watched, string[]>
}

/** Opens an exercise and seats each role in a browser of its own; defenders and customers have the record open too. */
async function open(browser: Browser, table: (typeof made)[number]): Promise<Game> {
  const { exercise, seat, code } = table
  const seats = {} as Record<Watched, Seat>
  const heard = {} as Record<Watched, Heard>
  const contexts: BrowserContext[] = []
  for (const role of ROLES) {
    seats[role] = (await post(server, '/api/join', { code, nickname: `a ${role}`, role }))
      .body as unknown as Seat
    const context = await browser.newContext({ serviceWorkers: 'block' })
    contexts.push(context)
    heard[role] = record(context)
    await context.addInitScript(
      ([key, value]) => {
        localStorage.setItem(key!, value!)
      },
      [`doorstep.${role === 'screen' ? 'screen' : 'seat'}.${exercise}`, seats[role].token],
    )
  }
  const trainer = trainerOf(table)
  const game: Game = {
    exercise,
    trainer,
    seats,
    heard,
    contexts,
    names: [exercise, code, seat, ...ROLES.map((role) => seats[role].seat)],
    stations: { screen: [], defender: [], customer: [], attacker: [] },
  }
  for (const [i, role] of ROLES.entries()) {
    const page = await contexts[i]!.newPage()
    await page.goto(`${server.url}/${role === 'screen' ? 'screen' : 'exercise'}/${exercise}`)
    await expect.poll(() => heard[role].events.length).toBeGreaterThan(0)
    if (role !== 'defender' && role !== 'customer') continue
    const proof = await contexts[i]!.newPage()
    await proof.goto(`${server.url}/proof/${exercise}`)
    await expect(proof.locator('.proof-key')).not.toContainText('connecting')
    await expect.poll(() => heard[role].gunSockets).toBeGreaterThan(0)
  }
  await station(game)
  return game
}

/** Takes down what came since the last station. */
async function station(game: Game): Promise<void> {
  await quiet(Object.values(game.heard))
  for (const role of ROLES) {
    const { events, gun, http } = game.heard[role]
    const ops = events
      .filter(({ name }) => name === 'patch')
      .flatMap(({ body }) => (body as { ops: { path: string }[] }).ops)
    const ledger = ops.filter(({ path }) => path.startsWith('/ledger'))
    const told = [
      ...events
        .filter(({ name }) => name !== 'patch')
        .map(({ name, body }) => `${name} ${JSON.stringify(body)}`),
      // The newest entry of the record comes when the disk is done with it: apart from the rest, and the last one only.
      `patch ${JSON.stringify(ops.filter((one) => !ledger.includes(one)))}`,
      `ledger ${JSON.stringify([...new Map(ledger.map((one) => [one.path, one])).values()].sort((a, b) => (a.path < b.path ? -1 : 1)))}`,
      ...gun.map((one) => `gun ${one}`),
      ...[...http].sort().map((one) => `http ${one}`),
    ]
    game.stations[role].push(masked(told.join('\n'), game.names))
    for (const list of [events, gun, http]) list.length = 0
  }
}

/** What is done unseen: got ready before the town runs, then done in one go. */
type Unseen = (game: Game) => Promise<() => Promise<void>>
const nothing: Unseen = async () => async () => undefined

/** Plays one game; only `unseen` differs. Moves are made while the town runs, each second is a step. */
async function play(browser: Browser, unseen: Unseen): Promise<Game> {
  for (;;) {
    const table = made.pop()
    if (!table)
      throw new Error('this machine is too busy: a town second passes before moves are made')
    const game = await open(browser, table)
    const begun = await tryPlay(game, await unseen(game))
    for (const context of game.contexts) await context.close()
    if (begun) return game
    game.trainer.close()
  }
}
/** False where the town ran so long that a second of it passed, which no role's traffic may depend on. */
async function tryPlay(game: Game, unseen: () => Promise<void>): Promise<boolean> {
  const act = async (what: Parameters<SeatConnection['act']>[0]): Promise<void> => {
    expect(await game.trainer.act(what)).toEqual({ ok: true })
    await expect
      .poll(() => ROLES.every((role) => game.heard[role].events.length > 0), { intervals: [25] })
      .toBe(true)
    await station(game)
  }
  await act({ kind: 'Speed', speed: 0.25 })
  await turn(game, 'running')
  await unseen()
  await turn(game, 'paused')
  if (game.trainer.state().view?.clock.now !== TOWN_START) return false
  await station(game)
  for (let i = 1; i <= STEPS; i++) await step(game, i)
  await act({
    kind: 'Say',
    to: ['defender', 'attacker', 'customer', 'screen'],
    text: 'one word to all',
  })
  await visitShop(game)
  return true
}
/** What a customer's browser is shown of the shop, page by page, while all stands still. */
async function visitShop(game: Game): Promise<void> {
  const customer = await ready(game.seats.customer)
  const { view } = customer.state()
  const shop = view?.role === 'customer' ? view.shop : ''
  for (const path of ['', 'cart', 'checkout', 'account', 'order/NONE', 'search?q=lane']) {
    const answer = await fetch(`${server.url}${shop}${path}`, { redirect: 'manual' })
    const headers = [...answer.headers].filter(([name]) => name !== 'date').join('\n')
    game.stations.customer.push(
      masked(`shop ${path} ${answer.status}\n${headers}\n${await answer.text()}`, game.names),
    )
  }
  customer.close()
}
/** One town second: every clock shows it, and its checkpoint has come through Gun. */
async function step(game: Game, nth: number): Promise<void> {
  expect(await game.trainer.act({ kind: 'Step' })).toEqual({ ok: true })
  const now = `"value":${TOWN_START + nth * 1000}}`
  const size = `${nth * LEAVES_PER_TICK}`
  const shown = (role: Watched): boolean =>
    game.heard[role].events.some(({ body }) => JSON.stringify(body ?? null).includes(now))
  const carried = (role: Watched): boolean =>
    game.heard[role].gun.some((one) => one.includes(`\\n${size}\\`))
  await expect
    .poll(() => ROLES.every(shown) && carried('defender') && carried('customer'), {
      timeout: 20_000,
      intervals: [25],
    })
    .toBe(true)
  await expect
    .poll(
      () =>
        game.heard.defender.events.some(({ body }) =>
          JSON.stringify(body ?? null).includes(`"/ledger/size","value":${size}}`),
        ),
      { intervals: [25] },
    )
    .toBe(true)
  await station(game)
}
/** Every screen has seen the phase before the next thing happens. */
async function turn(game: Game, phase: 'running' | 'paused'): Promise<void> {
  expect(await game.trainer.act({ kind: 'Phase', phase })).toEqual({ ok: true })
  await expect
    .poll(
      () =>
        ROLES.every((role) =>
          game.heard[role].events.some((one) => JSON.stringify(one).includes(`"${phase}"`)),
        ),
      { intervals: [20] },
    )
    .toBe(true)
}
async function ready(seat: Seat): Promise<SeatConnection> {
  const connection = trainerOf(seat)
  await expect.poll(() => connection.state().view !== null).toBe(true)
  return connection
}

test('two games that differ only in what attackers do unseen look alike to everybody else, Gun included', async ({
  browser,
}) => {
  quietGame = await play(browser, nothing)
  busyGame = await play(browser, async (game) => {
    const crew = await ready(game.seats.attacker)
    const list: readonly Move[] = [
      { kind: 'Launch', technique: 'P2', params: {}, startInMinutes: 60 },
      { kind: 'Launch', technique: 'D1', params: {}, startInMinutes: 90 },
      { kind: 'Launch', technique: 'W1', params: {}, startInMinutes: 120 },
      { kind: 'StopAttack', run: 0 },
      { kind: 'StopAttack', run: 7 },
      { kind: 'TakeIncident', incident: 'none' },
    ]
    return async () => {
      for (const move of list) await crew.move(move)
      crew.close()
    }
  })
  for (const role of ['defender', 'customer', 'screen'] as const)
    expect(busyGame.stations[role], role).toEqual(quietGame.stations[role])
  expect(busyGame.stations.attacker).not.toEqual(quietGame.stations.attacker)
  // There was something to compare.
  for (const role of ['defender', 'customer'] as const)
    expect(busyGame.stations[role].join('')).toMatch(/gun \{.*cp/)
  expect(
    busyGame.stations.defender.filter((one) => one.includes('"/clock/now"')).length,
  ).toBeGreaterThanOrEqual(STEPS)
})

test('nor do attackers see what defenders ask, pin or set aside, or what the trainer notes and plans', async ({
  browser,
}) => {
  const other = await play(browser, async (game) => {
    const desk = await ready(game.seats.defender)
    return async () => {
      await desk.ask({ text: 'page:checkout', source: 'all', from: 0, to: 90_000_000, limit: 50 })
      await desk.move({ kind: 'TakeIncident', incident: 'none' })
      await desk.move({ kind: 'Launch', technique: 'W1', params: {}, startInMinutes: 0 })
      desk.close()
      await game.trainer.act({ kind: 'Note', text: 'they sleep' })
      await game.trainer.act({ kind: 'Schedule', inject: 'newspaper', due: 80_000_000 })
    }
  })
  for (const role of ['attacker', 'customer', 'screen'] as const)
    expect(other.stations[role], role).toEqual(quietGame.stations[role])
  other.trainer.close()
})

test('no word of another role is in any frame', async () => {
  for (const game of [quietGame, busyGame]) {
    for (const role of ROLES) {
      const text = game.heard[role].all.join('\n')
      for (const word of FORBIDDEN[role])
        expect(text.includes(word), `${role} hears ${word}`).toBe(false)
      const others = ROLES.filter((one) => one !== role).map((one) => game.seats[one].token)
      for (const token of others) expect(text.includes(token)).toBe(false)
    }
  }
})

test('no address gives a role more than its own, in any phase', async () => {
  const game = busyGame
  const get = async (path: string, role?: Watched) => {
    const answer = await fetch(server.url + path, {
      headers: role === undefined ? {} : { 'x-seat': game.seats[role].token },
    })
    return { status: answer.status, text: await answer.text() }
  }
  const base = `/api/exercises/${game.exercise}`
  for (const role of [undefined, ...ROLES]) {
    for (const path of ['debrief', 'export.json', 'export.csv']) {
      expect((await get(`${base}/${path}`, role)).status, `${path} for ${role ?? 'nobody'}`).toBe(
        role === undefined ? 403 : 409,
      )
    }
    for (let index = 0; index < 14; index++) {
      const opened = await get(`${base}/opening/${index}`, role)
      if (opened.status !== 200) {
        expect([403, 404]).toContain(opened.status)
        continue
      }
      // Padding has no opening to show; a digest says nothing; an input must be one's own.
      const own = role === undefined ? '-' : game.seats[role].seat
      expect(
        opened.text.includes('digest') || opened.text.includes(own),
        `entry ${index} for ${role ?? 'nobody'}`,
      ).toBe(true)
    }
    for (const path of ['openings.jsonl', 'openings', 'entries'])
      expect([403, 404]).toContain((await get(`/ledger/${game.exercise}/${path}`, role)).status)
  }
  for (const [role, move] of [
    ['defender', { kind: 'Launch', technique: 'W1', params: {}, startInMinutes: 0 }],
    ['attacker', { kind: 'TakeIncident', incident: 'x' }],
    ['customer', { kind: 'StopAttack', run: 0 }],
    ['screen', { kind: 'Complain', order: 0, text: 'x' }],
  ] as const) {
    const connection = connectSeat({
      exercise: game.exercise,
      token: game.seats[role].token,
      url: server.url,
      headers: { origin: server.url },
    })
    expect((await connection.move(move)).ok, role).toBe(false)
    expect(await connection.act({ kind: 'Phase', phase: 'ended' })).toEqual({
      ok: false,
      reason: 'not-yours',
    })
    const page = await connection.ask({
      text: '',
      source: 'all',
      from: 0,
      to: 90_000_000,
      limit: 10,
    })
    if (role === 'defender') expect(page.rows.length).toBeGreaterThan(0)
    else expect(page).toEqual({ total: 0, rows: [], histogram: [], error: 'not-yours' })
    connection.close()
  }
  expect(await game.trainer.act({ kind: 'Phase', phase: 'ended' })).toEqual({ ok: true })
  await expect.poll(async () => (await get(`${base}/debrief`, 'customer')).status).toBe(200)
  expect((await get(`${base}/debrief`)).status).toBe(403)
  quietGame.trainer.close()
  busyGame.trainer.close()
})
