import { channel } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { connectSeat, type SeatConnection } from '../../range/client/socket/seat.ts'
import type { Move } from '../../range/protocol/move.ts'
import { measured, type Cost, type Filled, type FilledRoom } from './room-peer.ts'

/** What the parent asks for, as one JSON argument. */
export interface LoadOrder {
  readonly filled: Filled
  /** Words that each trainer says, one after the other, and how far apart at least. */
  readonly words: number
  readonly wordEveryMs: number
  /** How often each player makes a move; null: they only look on. */
  readonly moveEveryMs: number | null
  /** How long everybody looks on before, for the bytes of an idle player. */
  readonly idleMs: number
}
export interface LoadReport {
  /** Milliseconds from a trainer's word to each screen of the room, and to the last of them. */
  readonly each: readonly number[]
  readonly last: readonly number[]
  readonly missed: number
  /** Milliseconds from a player's move to its answer, which follows its durable entry. */
  readonly moves: readonly number[]
  /** Bytes a second that reached a player while nobody did anything. */
  readonly idleBytes: number
  readonly load: Cost
}

export type LoadMessage = 'acting' | LoadReport

const PATIENCE_MS = 10_000
/** The door lets 240 of one address in at once, then 20 a second. */
const CONNECT_BURST = 200
const CONNECT_APART_MS = 60

const sockets: Socket[] = []
channel('net.client.socket').subscribe((message) => {
  sockets.push((message as { readonly socket: Socket }).socket)
})

interface Seated {
  readonly trainer: SeatConnection
  readonly players: readonly { readonly role: string; readonly line: SeatConnection }[]
}

async function load(order: LoadOrder): Promise<LoadReport> {
  const rooms: Seated[] = []
  for (const room of order.filled.rooms) rooms.push(await enter(order.filled.url, room))
  const idleBytes = await bytesWhileIdle(order.idleMs)
  const [each, last, moves]: number[][] = [[], [], []]
  // The parent begins to measure the server.
  process.send!('acting' satisfies LoadMessage)
  const cost = measured()
  const over = new AbortController()
  const playing = rooms.map((room) => play(room, order, over.signal, moves!))
  const missed = await Promise.all(
    rooms.map((room, i) =>
      speak(room, order, (i / rooms.length) * order.wordEveryMs, each!, last!),
    ),
  )
  over.abort()
  await Promise.all(playing)
  return {
    each: each!,
    last: last!,
    missed: missed.reduce((sum, one) => sum + one, 0),
    moves: moves!,
    idleBytes,
    load: cost(),
  }
}

async function enter(url: string, room: FilledRoom): Promise<Seated> {
  const open = async (token: string): Promise<SeatConnection> => {
    if (sockets.length >= CONNECT_BURST) await pause(CONNECT_APART_MS)
    const line = connectSeat({ exercise: room.exercise, token, url, headers: { origin: url } })
    await new Promise<void>((done) => {
      const stop = line.subscribe(({ view }) => {
        if (view === null) return
        setImmediate(() => stop())
        done()
      })
    })
    return line
  }
  const trainer = await open(room.trainer)
  const players: { role: string; line: SeatConnection }[] = []
  for (const { role, token } of room.players) players.push({ role, line: await open(token) })
  return { trainer, players }
}

async function bytesWhileIdle(ms: number): Promise<number> {
  const read = (): number => sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0)
  const before = read()
  await pause(ms)
  return ms === 0 ? 0 : Math.round((read() - before) / (ms / 1000) / sockets.length)
}

/** The trainer says words that all screens show; each is timed at every one of them. */
async function speak(
  { trainer, players }: Seated,
  { words, wordEveryMs }: LoadOrder,
  offsetMs: number,
  each: number[],
  last: number[],
): Promise<number> {
  const watch = watchMessages(players.map(({ line }) => line))
  let missed = 0
  await pause(offsetMs)
  for (let nth = 0; nth < words; nth++) {
    const text = `word ${nth}`
    const times = watch(text)
    const from = performance.now()
    void trainer.act({ kind: 'Say', to: ['attacker', 'defender', 'customer', 'screen'], text })
    const late = new Promise<null>((done) => setTimeout(done, PATIENCE_MS, null).unref())
    const seen = await Promise.race([times, late])
    if (seen === null) missed += 1
    else {
      const waits = seen.map((at) => at - from)
      each.push(...waits)
      last.push(Math.max(...waits))
    }
    await pause(Math.max(0, wordEveryMs - (performance.now() - from)))
  }
  return missed
}

/** Each player makes a move a second, spread over it, until it is over. */
async function play(
  { players }: Seated,
  { moveEveryMs }: LoadOrder,
  over: AbortSignal,
  moves: number[],
): Promise<void> {
  if (moveEveryMs === null) return
  const one = async (line: SeatConnection, role: string, i: number): Promise<void> => {
    await pause((i / players.length) * moveEveryMs)
    for (let nth = 0; !over.aborted; nth++) {
      const from = performance.now()
      await line.move(moveOf(role, nth))
      moves.push(performance.now() - from)
      await pause(Math.max(0, moveEveryMs - (performance.now() - from)))
    }
  }
  await Promise.all(players.map(({ line, role }, i) => one(line, role, i)))
}

/**
 * A defender's takes effect and shows on the team's screens, a customer's complaint shows there
 * too; an attacker's is durable, then refused.
 */
function moveOf(role: string, nth: number): Move {
  if (role === 'attacker') return { kind: 'StopAttack', run: 999 }
  if (role === 'customer') return { kind: 'Complain', order: 999_999, text: 'Where is it?' }
  const perMinute = 10 + (nth % 100)
  return { kind: 'Respond', incident: null, actions: [{ kind: 'SetVelocityRule', perMinute }] }
}

/** Gives, for a text, when each player's view first held it. */
function watchMessages(players: readonly SeatConnection[]): (text: string) => Promise<number[]> {
  let wanted = ''
  let times: (number | null)[] = []
  let left = 0
  let resolve: (times: number[]) => void = () => undefined
  for (const [i, player] of players.entries()) {
    player.subscribe(({ view }) => {
      if (wanted === '' || times[i] !== null) return
      if (!view?.messages.some(({ text }) => text === wanted)) return
      times[i] = performance.now()
      left -= 1
      if (left === 0) resolve(times as number[])
    })
  }
  return (text) =>
    new Promise((done) => {
      wanted = text
      times = players.map(() => null)
      left = players.length
      resolve = done
    })
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}

const order = JSON.parse(process.argv[2] ?? '{}') as LoadOrder
process.send!((await load(order)) satisfies LoadMessage, () => process.exit(0))
