import { expect, test } from '@playwright/test'
import { recordedBrowser } from './browser.ts'
import type { Move } from '../../range/protocol/move.ts'
import {
  nothing,
  openTables,
  play,
  ready,
  ROLES,
  type Game,
  type Table,
  type Watched,
} from './fog-game.ts'
import { FORBIDDEN } from './forbidden-words.ts'
import { startTestServer, type TestServer } from './server.ts'

/** What a role may not see never leaves the server: all that browsers of each role receive is recorded and compared. */
test.describe.configure({ mode: 'serial', timeout: 90_000 })
test.use({ launchOptions: await recordedBrowser() })
const STEPS = 4
/** Twice as many as are played: on a busy machine one may have to be begun again. */
const TABLES = 6
let server: TestServer
let tables: Table[]
let quietGame: Game
let busyGame: Game

test.beforeAll(async () => {
  server = await startTestServer()
  tables = [...(await openTables(server, TABLES)).tables]
})
test.afterAll(async () => {
  await server.stop()
})

test('two games that differ only in what attackers do unseen look alike to everybody else, Gun included', async ({
  browser,
}) => {
  quietGame = await play(browser, server, tables, { steps: STEPS, unseen: { 0: nothing } })
  const unseen = async (game: Game) => {
    const crew = await ready(game, game.seats.attacker)
    const list: readonly Move[] = [
      { kind: 'Launch', technique: 'P2', params: {}, startInMinutes: 60 },
      { kind: 'Launch', technique: 'D1', params: {}, startInMinutes: 90 },
      { kind: 'Launch', technique: 'W1', params: {}, startInMinutes: 120 },
      { kind: 'StopAttack', run: 0 },
      { kind: 'StopAttack', run: 7 },
      { kind: 'TakeIncident', incident: 'none' },
    ]
    return async () => {
      const answers = []
      for (const move of list) answers.push((await crew.move(move)).ok)
      expect(answers).toEqual([true, true, true, true, false, false])
      crew.close()
    }
  }
  busyGame = await play(browser, server, tables, { steps: STEPS, unseen: { 0: unseen } })
  for (const role of ['defender', 'customer', 'screen'] as const)
    expect(busyGame.stations[role], role).toEqual(quietGame.stations[role])
  expect(busyGame.stations.attacker).not.toEqual(quietGame.stations.attacker)
  // There was something to compare.
  for (const role of ['defender', 'customer'] as const)
    expect(busyGame.stations[role].join('')).toMatch(/gun \{.*cp/)
  expect(busyGame.stations.defender.filter((one) => one.includes('"/clock/now"')).length).toBe(
    STEPS,
  )
})

test('nor do attackers see what defenders ask, pin or set aside, or what the trainer notes and plans', async ({
  browser,
}) => {
  const unseen = async (game: Game) => {
    const desk = await ready(game, game.seats.defender)
    return async () => {
      await desk.ask({ text: 'page:checkout', source: 'all', from: 0, to: 90_000_000, limit: 50 })
      await desk.move({ kind: 'TakeIncident', incident: 'none' })
      await desk.move({ kind: 'Launch', technique: 'W1', params: {}, startInMinutes: 0 })
      desk.close()
      await game.trainer.act({ kind: 'Note', text: 'they sleep' })
      await game.trainer.act({ kind: 'Schedule', inject: 'newspaper', due: 80_000_000 })
    }
  }
  const other = await play(browser, server, tables, { steps: STEPS, unseen: { 0: unseen } })
  for (const role of ['attacker', 'customer', 'screen'] as const)
    expect(other.stations[role], role).toEqual(quietGame.stations[role])
  other.trainer.close()
})

test('no word of another role is in any frame', async () => {
  for (const game of [quietGame, busyGame]) {
    for (const role of ROLES) {
      const text = game.played[role]
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
    for (let index = 0; index < 14; index++)
      expect((await get(`${base}/opening/${index}`, role)).status, `entry ${index}`).toBe(403)
    for (const [path, status] of [
      ['openings.jsonl', 403],
      ['openings', 404],
      ['entries', 404],
    ] as const)
      expect((await get(`/ledger/${game.exercise}/${path}`, role)).status, path).toBe(status)
  }
  for (const [role, move] of [
    ['defender', { kind: 'Launch', technique: 'W1', params: {}, startInMinutes: 0 }],
    ['attacker', { kind: 'TakeIncident', incident: 'x' }],
    ['customer', { kind: 'StopAttack', run: 0 }],
    ['screen', { kind: 'Complain', order: 0, text: 'x' }],
  ] as const) {
    const connection = await ready(game, game.seats[role])
    expect(await connection.move(move), role).toEqual({ ok: false, reason: 'paused' })
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
