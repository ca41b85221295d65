import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { connectSeat, type SeatConnection } from '../../range/client/socket/seat.ts'
import { masked, quiet, record, type Heard } from './recorder.ts'
import { post, type Seat, type TestServer } from './server.ts'

/**
 * Games that are played alike, step by step, so that what each role's browser receives can be
 * compared.
 */
export const ROLES = ['screen', 'defender', 'customer', 'attacker'] as const
export type Watched = (typeof ROLES)[number]
/** Roles that have the record open too: Gun's messages reach them. */
const READERS = ['defender', 'customer'] as const
const TOWN_START = 32_400_000
const LEAVES_PER_TICK = 16
const INTERVALS = { intervals: [25] }

export type Table = Seat & { readonly code: string }
export interface Game {
  readonly server: TestServer
  readonly exercise: string
  readonly trainer: SeatConnection
  readonly seats: Readonly<Record<Watched, Seat>>
  readonly heard: Readonly<Record<Watched, Heard>>
  readonly pages: Readonly<Record<Watched, Page>>
  readonly contexts: readonly BrowserContext[]
  readonly names: readonly string[]
  /** By role, all that came before the debrief, to be searched. */
  readonly played: Record<Watched, string>
  /** By role and station, what came: masked, patches joined, so that the clock is no matter. */
  readonly stations: Record<Watched, string[]>
}
/** What is done unseen: got ready before the town runs, then done in one go. */
export type Unseen = (game: Game) => Promise<() => Promise<void>>
export const nothing: Unseen = async () => async () => undefined
/**
 * How a game is played: so many town seconds, and what is done at the beginning and after some of
 * them.
 */
export interface Script {
  readonly steps: number
  readonly unseen: Readonly<Record<number, Unseen>>
  /** Whether the exercise is ended, and its debrief looked at by everybody. */
  readonly toTheEnd?: boolean
  /** What is done once all is over, before the debrief is looked at. */
  readonly after?: Unseen
}

export function connection(server: TestServer, { exercise, token }: Seat): SeatConnection {
  return connectSeat({ exercise, token, url: server.url, headers: { origin: server.url } })
}
export async function ready(game: Pick<Game, 'server'>, seat: Seat): Promise<SeatConnection> {
  const made = connection(game.server, seat)
  await expect.poll(() => made.state().view !== null, INTERVALS).toBe(true)
  return made
}

/**
 * Exercises of one seed, made at once and audited before they are played: an audit comes by the
 * real clock. The log of those at `spoilt` is changed on the disk before.
 */
export async function openTables(
  server: TestServer,
  count: number,
  spoilt: readonly number[] = [],
): Promise<{ readonly cookie: string; readonly tables: readonly Table[] }> {
  const { cookie } = await post(server, '/api/setup', {
    token: server.setup.split('=')[1],
    name: 'Tess',
    password: 'a long enough one',
  })
  const asked = { scenario: 'market-day', seed: 31 }
  const tables: Table[] = []
  for (let i = 0; i < count; i++) {
    const made = (await post(server, '/api/exercises', asked, cookie)).body as unknown as Table
    if (spoilt.includes(i)) spoil(`${server.data}/exercises/${made.exercise}/ledger/openings.jsonl`)
    tables.push(made)
  }
  for (const [i, one] of tables.entries()) {
    const trainer = connection(server, one)
    const verdict = (): string => {
      const { view } = trainer.state()
      return view?.role === 'trainer' ? view.ledger.verdict : ''
    }
    await expect.poll(verdict, { timeout: 40_000 }).toBe(spoilt.includes(i) ? 'changed' : 'intact')
    trainer.close()
  }
  return { cookie, tables }
}
/** Changes one letter of an entry in place. */
function spoil(path: string): void {
  const at = readFileSync(path, 'utf8').indexOf('market-day')
  const file = openSync(path, 'r+')
  writeSync(file, 'M', at)
  closeSync(file)
}

/** Seats each role in a browser of its own; defenders and customers have the record open too. */
async function open(browser: Browser, server: TestServer, table: Table): Promise<Game> {
  const { exercise, seat, code } = table
  const seats = {} as Record<Watched, Seat>
  const heard = {} as Record<Watched, Heard>
  const pages = {} as Record<Watched, Page>
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
    pages[role] = await context.newPage()
  }
  const trainer = connection(server, table)
  for (const [i, role] of ROLES.entries()) {
    await pages[role].goto(`${server.url}/${role === 'screen' ? 'screen' : 'exercise'}/${exercise}`)
    await expect.poll(() => heard[role].events.length).toBeGreaterThan(0)
    if (!READERS.some((one) => one === role)) continue
    const proof = await contexts[i]!.newPage()
    await proof.goto(`${server.url}/proof/${exercise}`)
    await expect(proof.locator('.proof-key')).not.toContainText('connecting')
    await expect.poll(() => heard[role].gunSockets).toBe(1)
  }
  const names = [exercise, code, seat, ...ROLES.map((role) => seats[role].seat)]
  const stations = { screen: [], defender: [], customer: [], attacker: [] }
  const played = { screen: '', defender: '', customer: '', attacker: '' }
  const game = { server, exercise, trainer, seats, heard, pages, contexts, names, played, stations }
  await station(game)
  return game
}

/** Takes down what came since the last station. */
export async function station(game: Game): Promise<void> {
  await quiet(Object.values(game.heard))
  for (const role of ROLES) {
    const { events, gun, http } = game.heard[role]
    const ops = events
      .filter(({ name }) => name === 'patch')
      .flatMap(({ body }) => (body as { ops: { path: string }[] }).ops)
    const ledger = ops.filter(({ path }) => path.startsWith('/ledger'))
    const newest = [...new Map(ledger.map((one) => [one.path, one])).values()].sort((a, b) =>
      a.path < b.path ? -1 : 1,
    )
    const told = [
      ...events
        .filter(({ name }) => name !== 'patch')
        .map(({ name, body }) => `${name} ${JSON.stringify(body)}`),
      `patch ${JSON.stringify(byKey(ops.filter((one) => !ledger.includes(one))))}`,
      // The newest entry of the record comes when the disk is done with it: apart from the rest,
      // and the last one only.
      `ledger ${JSON.stringify(newest)}`,
      ...gun.filter((one) => isOf(game, one)).map((one) => `gun ${one}`),
      ...[...http].sort().map((one) => `http ${one}`),
    ]
    game.stations[role].push(masked(told.join('\n'), game.names))
    for (const list of [events, gun, http]) list.length = 0
  }
}

/** Gun carries the checkpoints of every exercise to everybody: those of other games are theirs. */
function isOf({ exercise }: Game, message: string): boolean {
  const [, origin] = /doorstep\.local\/exercise\/([\w-]+)/.exec(message) ?? []
  return origin === undefined || origin === exercise
}

/**
 * Each key's changes in their order, key by key: two changes to a view go out as one patch, in the
 * order of its keys, or as two, in that of time, and which it is, is the real clock's doing.
 */
function byKey<T extends { readonly path: string }>(ops: readonly T[]): T[] {
  const keyOf = ({ path }: T): string => path.split('/')[1] ?? ''
  return [...Map.groupBy(ops, keyOf)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, changes]) => changes)
}

/** Plays one game of a script; games of scripts that differ unseen are to look alike. */
export async function play(
  browser: Browser,
  server: TestServer,
  tables: Table[],
  script: Script,
): Promise<Game> {
  for (;;) {
    const table = tables.shift()
    if (!table)
      throw new Error('this machine is too busy: a town second passes before moves are made')
    const game = await open(browser, server, table)
    const begun = await tryPlay(game, script)
    for (const context of game.contexts) await context.close()
    if (begun) return game
    game.trainer.close()
  }
}
/**
 * False where the town ran so long that a second of it passed, which no role's traffic may depend
 * on.
 */
async function tryPlay(game: Game, script: Script): Promise<boolean> {
  await act(game, { kind: 'Speed', speed: 0.25 })
  for (let nth = 0; nth <= script.steps; nth++) {
    if (nth > 0) await step(game, nth)
    const unseen = script.unseen[nth]
    if (!unseen) continue
    const go = await unseen(game)
    await turn(game, 'running')
    await entered(game)
    await go()
    await turn(game, 'paused')
    if (game.trainer.state().view?.clock.now !== TOWN_START + nth * 1000) return false
    await station(game)
  }
  const to = ['defender', 'attacker', 'customer', 'screen'] as const
  await act(game, { kind: 'Say', to, text: 'one word to all' })
  await visitShop(game)
  if (script.toTheEnd === true) {
    await end(game, script.steps)
    await (
      await (script.after ?? nothing)(game)
    )()
    await station(game)
  }
  for (const role of ROLES) game.played[role] = game.heard[role].all.join('\n')
  if (script.toTheEnd === true) await lookBack(game)
  return true
}
/** The customer has entered the shop: whether that was before or after a pause is seen there. */
async function entered(game: Game): Promise<void> {
  await game.pages.customer.frameLocator('iframe[src*="/x/"]').locator('header').waitFor()
}
async function act(game: Game, what: Parameters<SeatConnection['act']>[0]): Promise<void> {
  expect(await game.trainer.act(what)).toEqual({ ok: true })
  await expect
    .poll(() => ROLES.every((role) => game.heard[role].events.length > 0), INTERVALS)
    .toBe(true)
  await station(game)
}
/** What a customer's browser is shown of the shop, page by page, while all stands still. */
async function visitShop(game: Game): Promise<void> {
  const customer = await ready(game, game.seats.customer)
  const { view } = customer.state()
  const shop = view?.role === 'customer' ? view.shop : ''
  for (const path of ['', 'cart', 'checkout', 'account', 'order/NONE', 'search?q=lane']) {
    const answer = await fetch(`${game.server.url}${shop}${path}`, { redirect: 'manual' })
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
  await shown(game, ROLES, `"value":${TOWN_START + nth * 1000}}`)
  await published(game, nth * LEAVES_PER_TICK)
  await station(game)
}
async function published(game: Game, size: number): Promise<void> {
  await shown(game, ['defender'], `"/ledger/size","value":${size}}`)
  const carried = (role: Watched): boolean =>
    game.heard[role].gun.some((one) => one.includes(game.exercise) && one.includes(`\\n${size}\\`))
  await expect.poll(() => READERS.every(carried), INTERVALS).toBe(true)
}
/** Every screen has seen the phase before the next thing happens. */
async function turn(game: Game, phase: 'running' | 'paused' | 'ended'): Promise<void> {
  expect(await game.trainer.act({ kind: 'Phase', phase })).toEqual({ ok: true })
  await shown(game, ROLES, `"${phase}"`)
}
async function shown(game: Game, roles: readonly Watched[], what: string): Promise<void> {
  const has = (role: Watched): boolean =>
    game.heard[role].events.some(({ body }) => JSON.stringify(body ?? null).includes(what))
  await expect.poll(() => roles.every(has), INTERVALS).toBe(true)
}
/** The end: every screen shows it, and the sealed log's checkpoint has come through Gun. */
async function end(game: Game, steps: number): Promise<void> {
  await turn(game, 'ended')
  const size = async (): Promise<number> => {
    const answer = await fetch(`${game.server.url}/api/exercises/${game.exercise}/ledger`)
    return ((await answer.json()) as { size: number }).size
  }
  // What came since the last second, the end among it, fills one tick's leaves.
  const last = (steps + 1) * LEAVES_PER_TICK
  await expect.poll(size).toBe(last)
  await published(game, last)
  await station(game)
}
/** Who has a debrief's page: the projector shows the score and stays as it is. */
export const LOOKING_BACK = ['defender', 'customer', 'attacker'] as const
async function lookBack(game: Game): Promise<void> {
  for (const role of LOOKING_BACK) {
    await game.pages[role].goto(`${game.server.url}/debrief/${game.exercise}`)
    const read = (): number =>
      game.heard[role].http.filter((one) => one.includes('/debrief application/json')).length
    await expect.poll(read).toBe(1)
  }
  await station(game)
}
