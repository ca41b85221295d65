import { expect, test, type Browser } from '@playwright/test'
import type { Move } from '../../range/protocol/move.ts'
import { openBoard } from './board.ts'
import { recordedBrowser } from './browser.ts'
import {
  LOOKING_BACK,
  nothing,
  openTables,
  play,
  ready,
  ROLES,
  type Game,
  type Table,
  type Unseen,
  type Watched,
} from './fog-game.ts'
import { FORBIDDEN } from './forbidden-words.ts'
import { pinNote } from './play.ts'
import { startTestServer, type TestServer } from './server.ts'

/**
 * The same skimmer in every game, an incident raised in the ninth second, the end, the debrief.
 * Games that differ in what one side does unseen look alike to the others, Gun included.
 */
/** A game takes 25 to 50 s, mostly of waiting; two are played at a time. */
test.describe.configure({ mode: 'serial', timeout: 180_000 })
test.use({ launchOptions: await recordedBrowser() })
const STEPS = 12
const RAISED_BY = 10
/** One game each, and one more each where the machine is too busy. */
const TABLES = 10
const SPOILT = [8, 9]
const NOTE = 'look at the van first'
const OTHER_NOTE = 'we go by the tag manager'
let server: TestServer
let tables: Table[]
let spoilt: Table[]
let plain: Game
let byDefenders: Game
let byAttackers: Game
let changed: Game
let written: Game
const games: Game[] = []

test.beforeAll(async () => {
  server = await startTestServer()
  const opened = await openTables(server, TABLES, SPOILT)
  tables = opened.tables.slice(0, SPOILT[0])
  spoilt = opened.tables.slice(SPOILT[0])
})
test.afterAll(async () => {
  for (const game of games) game.trainer.close()
  await server.stop()
})

interface Differs {
  /** Done once the incident is there. */
  readonly unseen?: Unseen
  /** Done once all is over. */
  readonly after?: Unseen
  readonly on?: Table[]
}
async function played(browser: Browser, how: Differs = {}): Promise<Game> {
  const game = await play(browser, server, how.on ?? tables, {
    steps: STEPS,
    unseen: { 0: skimmer, [RAISED_BY]: how.unseen ?? nothing },
    toTheEnd: true,
    after: how.after ?? nothing,
  })
  games.push(game)
  return game
}
const skimmer: Unseen = async (game) => {
  const crew = await ready(game, game.seats.attacker)
  const move: Move = { kind: 'Launch', technique: 'W1', params: { stealth: 0 }, startInMinutes: 0 }
  return async () => {
    expect(await crew.move(move)).toEqual({ ok: true, run: 0 })
    crew.close()
  }
}
/** All but the debrief itself, which shows everybody what was hidden. */
function beforeDebrief(game: Game, role: Watched): readonly string[] {
  return game.stations[role].slice(0, -1)
}
async function incidentOf(game: Game): Promise<string> {
  const desk = await ready(game, game.seats.defender)
  const { view } = desk.state()
  desk.close()
  if (view?.role !== 'defender' || view.incidents.length !== 1)
    throw new Error('there is to be one incident by now')
  return view.incidents[0]!.id
}

/** What defenders and the trainer do about an incident. */
const taken: Unseen = async (game) => {
  const incident = await incidentOf(game)
  const desk = await ready(game, game.seats.defender)
  return async () => {
    const ask = { text: 'checkout', source: 'all', from: 0, to: 90_000_000, limit: 50 } as const
    expect((await desk.ask(ask)).rows.length).toBeGreaterThan(0)
    expect(await desk.move({ kind: 'TakeIncident', incident })).toEqual({ ok: true })
    const reason = 'a campaign of our own'
    expect(await desk.move({ kind: 'DismissIncident', incident, reason })).toEqual({ ok: true })
    desk.close()
    await game.trainer.act({ kind: 'Note', text: 'they sleep' })
  }
}
const planned: Unseen = async (game) => {
  const crew = await ready(game, game.seats.attacker)
  const plan = { kind: 'Launch', technique: 'P2', params: {}, startInMinutes: 60 } as const
  return async () => {
    expect(await crew.move(plan)).toEqual({ ok: true, run: 1 })
    expect(await crew.move({ kind: 'StopAttack', run: 1 })).toEqual({ ok: true })
    expect(await crew.move(plan)).toEqual({ ok: true, run: 2 })
    crew.close()
  }
}
const pinned: Unseen = async (game) => async () => {
  await pinNote(game.pages.defender, NOTE)
  await pinNote(game.pages.attacker, OTHER_NOTE)
}
const askedAfter: Unseen = async (game) => {
  const { exercise, seats } = game
  const desk = await ready(game, seats.defender)
  const board = openBoard(server, `${exercise}/defender`, seats.defender.token)
  await expect.poll(() => board.notes()).toEqual([`a defender: ${NOTE}`])
  return async () => {
    board.pin('a defender', 'so that was it')
    await desk.ask({ text: 'W1', source: 'all', from: 0, to: 90_000_000, limit: 50 })
    board.close()
    desk.close()
  }
}

test('a plain game and one in which defenders work on the incident are played to their debriefs', async ({
  browser,
}) => {
  ;[plain, byDefenders] = await Promise.all([played(browser), played(browser, { unseen: taken })])
})

test('so are one in which attackers plan and stop, and one in which teams write', async ({
  browser,
}) => {
  ;[byAttackers, written] = await Promise.all([
    played(browser, { unseen: planned }),
    played(browser, { unseen: pinned, after: askedAfter }),
  ])
})

test('and one whose record was changed', async ({ browser }) => {
  changed = await played(browser, { on: spoilt })
})

test('an incident that is taken, searched for, set aside and noted shows to defenders and the trainer only', () => {
  for (const role of ['attacker', 'customer', 'screen'] as const)
    expect(beforeDebrief(byDefenders, role), role).toEqual(beforeDebrief(plain, role))
  expect(byDefenders.stations.defender).not.toEqual(plain.stations.defender)
})

test('what attackers plan and stop beside an incident shows to nobody else, up to the end', () => {
  for (const role of ['defender', 'customer', 'screen'] as const)
    expect(beforeDebrief(byAttackers, role), role).toEqual(beforeDebrief(plain, role))
  expect(byAttackers.stations.attacker).not.toEqual(plain.stations.attacker)
})

test('an incident that one game has and the other has not shows to defenders and the trainer only', () => {
  for (const role of ['attacker', 'customer', 'screen'] as const)
    expect(beforeDebrief(changed, role), role).toEqual(beforeDebrief(plain, role))
  expect(changed.stations.defender.join('')).toContain('"changed"')
  expect(beforeDebrief(changed, 'defender')).not.toEqual(beforeDebrief(plain, 'defender'))
})

test('[N46] what teams write on their boards, and ask after the end, shows to nobody else, the debrief included', () => {
  for (const role of ROLES) expect(written.stations[role], role).toEqual(plain.stations[role])
  for (const role of ROLES) {
    const text = written.heard[role].all.join('\n')
    expect(text.includes(NOTE), `${role} hears the defenders' note`).toBe(role === 'defender')
    expect(text.includes(OTHER_NOTE), `${role} hears the crew's note`).toBe(role === 'attacker')
  }
})

test('there was something to compare: an incident, the end, Gun, the debrief', async () => {
  const all = (role: Watched): string => plain.stations[role].join('\n')
  expect(all('defender')).toContain('"/incidents')
  for (const role of ['defender', 'customer'] as const) {
    const end = plain.stations[role].findIndex((one) => one.includes('"ended"'))
    expect(end).toBeGreaterThan(STEPS)
    expect(plain.stations[role][end]).toMatch(/gun \{.*cp/)
  }
  for (const role of ROLES) expect(all(role)).toContain('"ended"')
  for (const role of LOOKING_BACK)
    expect(plain.stations[role].at(-1)).toMatch(/debrief application\/json/)
})

test('no word of another role is in any frame before the debrief', async () => {
  for (const game of games) {
    for (const role of ROLES) {
      for (const word of FORBIDDEN[role])
        expect(game.played[role].includes(word), `${role} hears ${word}`).toBe(false)
      const all = game.heard[role].all.join('\n')
      for (const other of ROLES)
        if (other !== role) expect(all.includes(game.seats[other].token)).toBe(false)
    }
  }
})

test('after the end everybody reads the same debrief, and nothing else is opened to anybody', async () => {
  const base = `${server.url}/api/exercises/${plain.exercise}`
  const get = async (path: string, token: string) => {
    const answer = await fetch(`${base}/${path}`, { headers: { 'x-seat': token } })
    return { status: answer.status, text: await answer.text() }
  }
  for (const path of ['debrief', 'export.json', 'export.csv']) {
    const own = await get(path, plain.seats.screen.token)
    expect(own.status).toBe(200)
    for (const role of ROLES) expect(await get(path, plain.seats[role].token)).toEqual(own)
    for (const role of ROLES) {
      expect(own.text.includes(plain.seats[role].token), `${path}: token`).toBe(false)
      expect(own.text.includes(`a ${role}`), `${path}: nickname`).toBe(false)
    }
    for (const token of ['', byAttackers.seats.attacker.token])
      expect((await get(path, token)).status).toBe(403)
  }
  for (const role of ROLES) {
    const seat = await ready(plain, plain.seats[role])
    const asked = await seat.ask({ text: '', source: 'all', from: 0, to: 90_000_000, limit: 10 })
    if (role === 'defender') expect(asked.rows.length).toBe(10)
    else expect(asked).toEqual({ total: 0, rows: [], histogram: [], error: 'not-yours' })
    const move: Move = { kind: 'Complain', order: 0, text: 'x' }
    expect(await seat.move(move)).toEqual({ ok: false, reason: 'over' })
    expect(await seat.act({ kind: 'Phase', phase: 'running' })).toEqual({
      ok: false,
      reason: 'not-yours',
    })
    seat.close()
  }
})
