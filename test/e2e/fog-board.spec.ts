import { expect, test } from '@playwright/test'
import { connectSeat, type SeatConnection } from '../../range/client/socket/seat.ts'
import { knock, openBoard, type BoardLine } from './board.ts'
import { openTables, type Table } from './fog-game.ts'
import { post, startTestServer, type Seat, type TestServer } from './server.ts'

/**
 * A team's board is the team's and the trainer's. Two exercises are compared in every phase: in one
 * somebody writes, in the other nobody; whoever is not of the team is told the same by both.
 */
test.describe.configure({ mode: 'serial' })
const TEAMS = ['defender', 'attacker'] as const
type Team = (typeof TEAMS)[number]
const OTHERS: Readonly<Record<Team, readonly string[]>> = {
  defender: ['attacker', 'customer', 'screen'],
  attacker: ['defender', 'customer', 'screen'],
}
let server: TestServer
const open: BoardLine[] = []

interface Room {
  readonly exercise: string
  readonly trainer: SeatConnection
  readonly trainerToken: string
  readonly seats: Readonly<Record<string, Seat>>
}
let written: Room
let silent: Room
let moving: Room

test.beforeAll(async () => {
  server = await startTestServer()
  const { tables } = await openTables(server, 3)
  ;[written, silent, moving] = (await Promise.all(tables.map(seated))) as [Room, Room, Room]
})
test.afterAll(async () => {
  for (const line of open) line.close()
  for (const room of [written, silent, moving]) room.trainer.close()
  await server.stop()
})

async function seated(table: Table): Promise<Room> {
  const seats: Record<string, Seat> = {}
  for (const role of ['defender', 'attacker', 'customer', 'screen'])
    seats[role] = await join(table.code, role)
  for (const who of ['second', 'moved', 'removed']) seats[who] = await join(table.code, 'defender')
  const trainer = connectSeat({ ...table, url: server.url, headers: { origin: server.url } })
  return { exercise: table.exercise, trainer, trainerToken: table.token, seats }
}
async function join(code: string, role: string): Promise<Seat> {
  const { body } = await post(server, '/api/join', { code, nickname: `a ${role}`, role })
  return body as unknown as Seat
}
async function board(room: Room, team: Team, token: string): Promise<BoardLine> {
  const line = openBoard(server, `${room.exercise}/${team}`, token)
  open.push(line)
  await expect.poll(() => line.state()).toBe('synced')
  return line
}
/** Who is not of the team, by name and token; and what a knock at its board brings them. */
async function outside(room: Room, other: Room, team: Team): Promise<Record<string, string[]>> {
  const strangers: Readonly<Record<string, string>> = {
    nobody: '',
    stranger: 'A'.repeat(43),
    elsewhere: other.seats[team]!.token,
    ...Object.fromEntries(OTHERS[team].map((role) => [role, room.seats[role]!.token])),
  }
  const told: Record<string, string[]> = {}
  for (const [who, token] of Object.entries(strangers)) {
    const frames = await knock(server, `${room.exercise}/${team}`, token)
    told[who] = frames.map((one) => one.replaceAll(room.exercise, '·'))
  }
  return told
}
/** Name of the board, then: authentication, denied, and why. */
const DENIED = (team: Team): string =>
  [String.fromCharCode(18 + team.length), `·/${team}`, '\u0002\u0001\u0011permission-denied'].join(
    '',
  )

for (const phase of ['lobby', 'running', 'paused', 'ended'] as const) {
  test(`[N46] a board gives nothing away to others, nor who writes there: ${phase}`, async () => {
    for (const room of [written, silent])
      if (phase !== 'lobby')
        expect(await room.trainer.act({ kind: 'Phase', phase })).toEqual({ ok: true })
    for (const team of TEAMS) {
      const first = await board(written, team, written.seats[team]!.token)
      const trainer = await board(written, team, written.trainerToken)
      first.pin(`a ${team}`, `a secret of the ${phase}`)
      // Those who may read it do: so a silence of the others says something.
      const note = `a ${team}: a secret of the ${phase}`
      await expect.poll(() => trainer.notes().at(-1)).toBe(note)
      expect(trainer.frames.join('')).toContain(`a secret of the ${phase}`)
      const told = await outside(written, silent, team)
      expect(told, `${team}, ${phase}`).toEqual(await outside(silent, written, team))
      for (const [who, frames] of Object.entries(told)) {
        expect(frames, who).toHaveLength(2)
        for (const one of frames) expect(one, who).toBe(DENIED(team))
      }
    }
  })
}

test('[N46] who is moved to the other side or removed hears nothing more of the board', async () => {
  const room = moving
  const first = await board(room, 'defender', room.seats['defender']!.token)
  const second = await board(room, 'defender', room.seats['second']!.token)
  const gone = [
    { who: 'moved', act: { kind: 'MoveSeat', seat: room.seats['moved']!.seat, role: 'attacker' } },
    { who: 'removed', act: { kind: 'Remove', seat: room.seats['removed']!.seat } },
  ] as const
  for (const { who, act } of gone) {
    const { token } = room.seats[who]!
    const line = await board(room, 'defender', token)
    first.pin('a defender', `before one is ${who}`)
    await expect.poll(() => line.notes().at(-1)).toBe(`a defender: before one is ${who}`)
    expect(await room.trainer.act(act)).toEqual({ ok: true })
    await expect.poll(() => line.state()).toBe('closed')
    first.pin('a defender', `after one is ${who}`)
    await expect.poll(() => second.notes().at(-1)).toBe(`a defender: after one is ${who}`)
    expect(line.frames.join('')).toContain(`before one is ${who}`)
    expect(line.frames.join('')).not.toContain(`after one is ${who}`)
    expect(await knock(server, `${room.exercise}/defender`, token)).toHaveLength(2)
  }
  const own = await board(room, 'attacker', room.seats['moved']!.token)
  expect(own.frames.join('')).not.toContain('one is')
})
