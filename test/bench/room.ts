import { fork } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import type { LoadMessage, LoadOrder, LoadReport } from './room-load.ts'
import {
  spread,
  startPeer,
  type Cost,
  type Peer,
  type RoomsOrder,
  type Spread,
} from './room-peer.ts'

/** From an action to the screens of its room, and what it cost. */
export interface RoomFigure {
  readonly rooms: number
  readonly players: number
  readonly words: number
  readonly missed: number
  readonly eachMs: Spread
  readonly lastMs: Spread
  /** How many moves of players were answered, and how soon. */
  readonly moves: number
  readonly moveMs: Spread
  readonly idleBytesPerSecond: number
  readonly server: Cost
  readonly load: Cost
  readonly coresAndLoad: string
}

/** Server and load each in a process of its own. */
export async function benchRooms(
  rooms: RoomsOrder,
  asked: Omit<LoadOrder, 'filled'>,
): Promise<RoomFigure> {
  const peer = await startPeer(rooms)
  try {
    const order: LoadOrder = { ...asked, filled: peer.filled }
    const { report, server } = await act(peer, order)
    return {
      rooms: rooms.rooms,
      players: rooms.rooms * rooms.playersEach,
      words: asked.words * rooms.rooms,
      missed: report.missed,
      eachMs: spread(report.each),
      lastMs: spread(report.last),
      moves: report.moves.length,
      moveMs: spread(report.moves),
      idleBytesPerSecond: report.idleBytes,
      server,
      load: report.load,
      coresAndLoad: `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
    }
  } finally {
    await peer.stop()
  }
}

async function act(peer: Peer, order: LoadOrder): Promise<{ report: LoadReport; server: Cost }> {
  const load = fork(join(import.meta.dirname, 'room-load.ts'), [JSON.stringify(order)])
  return new Promise((done, reject) => {
    load.once('exit', () => reject(new Error('the load ended')))
    load.on('message', (message: LoadMessage) => {
      if (message === 'acting') void peer.begin()
      else void peer.end().then((server) => done({ report: message, server }))
    })
  })
}

/** An action to every screen of one room with 100 connected players. */
if (import.meta.main) {
  const asked = { words: 100, wordEveryMs: 200, moveEveryMs: null, idleMs: 3000 }
  console.log(JSON.stringify(await benchRooms({ rooms: 1, playersEach: 100 }, asked)))
}
