import { Server as Engine } from 'engine.io'
import type { IncomingMessage } from 'node:http'
import { Server, type Socket } from 'socket.io'
import type { TelemetryPage } from '../exercise/types.ts'
import {
  MESSAGE_BYTES_MAX,
  parseAct,
  parseActMessage,
  parseHandshake,
  parseMoveMessage,
  parseQuery,
} from '../protocol/door.ts'
import type { Answer as Told } from '../protocol/detection.ts'
import type { MoveAnswer, ServerEvents, TrainerAct } from '../protocol/message.ts'
import { parseMove } from '../protocol/move.ts'
import type { Role } from '../protocol/view.ts'
import { townMap } from '../world/town-map.ts'
import type { Member } from './audience.ts'
import { Limits } from './limits.ts'
import { addressOf, sameOrigin } from './origin.ts'
import { Questions } from './questions.ts'
import { answerTo } from './logged.ts'
import type { Room } from './room.ts'
import type { Rooms } from './rooms.ts'
import { signatureOf } from './signature-of.ts'
import { trainerAct } from './trainer-act.ts'

interface Seat {
  readonly room: Room
  readonly seat: string
  readonly role: Role
}
type Answer<T> = ((answer: T) => void) | undefined
type SeatSocket = Socket<
  Record<string, (...args: unknown[]) => void>,
  ServerEvents,
  Record<never, never>,
  { seat: Seat }
>

/**
 * Messages of one socket: sixty at once, then twenty a second. After a hundred refusals the line is
 * cut.
 */
const RATE = { burst: 60, perSecond: 20 }
const CONNECTS = { burst: 240, perSecond: 20 }
const REFUSALS_MAX = 100
const PING_MS = 4000

export interface SeatSockets {
  readonly engine: Engine
  close(): void
}

/**
 * socket.io bound to an engine of its own: the caller hands it requests and upgrades, nothing
 * listens by itself.
 */
export function createSeatSockets(rooms: Rooms, publicUrl?: URL): SeatSockets {
  const connects = new Limits(CONNECTS)
  const questions = new Questions()
  const engine = new Engine({
    maxHttpBufferSize: MESSAGE_BYTES_MAX,
    pingInterval: 10_000,
    pingTimeout: 8000,
    perMessageDeflate: false,
    allowRequest: (
      req: IncomingMessage,
      decide: (error: string | null | undefined, ok: boolean) => void,
    ) => {
      // Polling GETs of the same origin carry no Origin; a socket and a POST always do.
      const own =
        sameOrigin(req, publicUrl) ||
        (req.headers.origin === undefined &&
          req.method === 'GET' &&
          req.headers.upgrade === undefined)
      if (!own) return decide('origin', false)
      const room = connects.take(addressOf(req, publicUrl))
      decide(room ? null : 'slow-down', room)
    },
  })
  const io = new Server<
    Record<string, (...args: unknown[]) => void>,
    ServerEvents,
    Record<never, never>,
    { seat: Seat }
  >()
  io.bind(engine)
  io.use((socket, next) => {
    const parsed = parseHandshake(socket.handshake.auth)
    if (!parsed.ok) return next(new Error('unknown'))
    const held = rooms.holder(parsed.value.exercise, parsed.value.token)
    if (typeof held === 'string') return next(new Error(held))
    socket.data.seat = held
    next()
  })
  io.on('connection', (socket) => {
    welcome(socket, questions)
  })
  // Closing the engine, not the namespace: browsers then try again, and find the next server.
  return {
    engine,
    close: () => {
      engine.close()
    },
  }
}

function welcome(socket: SeatSocket, questions: Questions): void {
  const { room, seat } = socket.data.seat
  const member: Member = {
    id: socket.id,
    seat,
    emit: (event, ...args) => {
      socket.emit(event, ...(args as never))
    },
    patch: (seq, ops) => {
      // The packet that `emit` would make, around text that many seats share.
      socket.conn.write(`2["patch",{"seq":${seq},"ops":${ops}}]`)
    },
    backlogBytes: () => backlogOf(socket),
    drop: () => {
      socket.disconnect(true)
    },
  }
  room.audience.join(withMap(member))
  room.touch('trainer')
  const limits = new Limits(RATE)
  let refusals = 0
  const admitted = (answer: Answer<MoveAnswer>): boolean => {
    if (limits.take('')) return true
    answer?.({ ok: false, reason: 'slow-down' })
    if (++refusals > REFUSALS_MAX) socket.disconnect(true)
    return false
  }
  socket.on('move', (message, answer) => {
    const reply = answerOf<MoveAnswer>(answer)
    if (admitted(reply)) void takeMove(socket.data.seat, message, questions).then(reply)
  })
  socket.on('act', (message, answer) => {
    const reply = answerOf<MoveAnswer>(answer)
    if (admitted(reply)) void takeAct(socket.data.seat, message).then(reply)
  })
  socket.on('ask', (message, answer) => {
    const reply = answerOf<TelemetryPage>(answer)
    if (admitted(undefined)) reply(ask(socket.data.seat, message))
    else reply(noPage('slow-down'))
  })
  socket.on('question', (message, answer) => {
    const reply = answerOf<Told>(answer)
    if (admitted(undefined)) void questions.answer(room, seat, message).then(reply)
    else reply({ kind: 'Refused', reason: 'slow-down' })
  })
  socket.on('again', () => {
    if (admitted(undefined)) room.audience.again(socket.id)
  })
  socket.on('error', () => undefined)
  const ping = setInterval(() => {
    measure(socket, room)
  }, PING_MS)
  socket.on('disconnect', () => {
    clearInterval(ping)
    room.audience.leave(socket.id)
    room.touch('trainer')
  })
}

/** The town's map is the same for everybody and goes with the first view only. */
function withMap(member: Member): Member {
  let sent = false
  return {
    ...member,
    emit: (event, ...args) => {
      if (event !== 'view' || sent) return member.emit(event, ...args)
      sent = true
      const [message] = args as Parameters<ServerEvents['view']>
      member.emit('view', { ...message, map: townMap() })
    },
  }
}

function answerOf<T>(answer: unknown): (value: T) => void {
  return typeof answer === 'function'
    ? (value) => {
        ;(answer as (value: T) => void)(value)
      }
    : () => undefined
}

/** A player's move, parsed and made once for its id. */
async function takeMove(
  { room, seat }: Seat,
  message: unknown,
  questions: Questions,
): Promise<MoveAnswer> {
  const parsed = parseMoveMessage(message)
  if (!parsed.ok) return parsed
  const move = parseMove(parsed.value.move)
  if (!move.ok) return move
  const switches = move.move.kind === 'SwitchOnDetection' || move.move.kind === 'SwitchOffDetection'
  if (switches && !questions.admits(room, seat)) return { ok: false, reason: 'slow-down' }
  const { id, did, sig } = parsed.value
  const signature = did === undefined || sig === undefined ? undefined : { did, sig }
  const taken = signatureOf(room, { seat, id, move: move.move }, signature)
  if (taken === 'bad-signature') return { ok: false, reason: taken }
  const sent = { seat, id, signature: taken }
  return room.once(seat, id, async () =>
    answerTo(await room.submit({ kind: 'Moved', seat, move: move.move }, sent)),
  )
}

async function takeAct({ room, seat }: Seat, message: unknown): Promise<MoveAnswer> {
  const parsed = parseActMessage(message)
  if (!parsed.ok) return parsed
  const act = parseAct(parsed.value.move)
  if (!act.ok) return act
  if (!mayAct(room, seat, act.value)) return { ok: false, reason: 'not-yours' }
  const { id } = parsed.value
  return room.once(seat, id, () => trainerAct(room, act.value, { seat, id }))
}

/**
 * Trainers may do everything; who plays alone, in a lab or a rehearsal, drives the clock and ends.
 */
function mayAct(room: Room, seat: string, act: TrainerAct): boolean {
  const { seats, mode } = room.run.state
  if (seats.get(seat)?.role === 'trainer') return true
  const alone = (mode === 'lab' || mode === 'rehearsal') && seats.has(seat)
  return alone && (act.kind === 'Phase' || act.kind === 'Speed' || act.kind === 'Step')
}

/** Defenders and the trainer may search telemetry; nobody else sees any. */
function ask({ room, seat }: Seat, message: unknown): TelemetryPage {
  const role = room.run.state.seats.get(seat)?.role
  if (role !== 'defender' && role !== 'trainer') return noPage('not-yours')
  const query = parseQuery(message)
  return query.ok ? room.run.search(query.value) : noPage(query.reason)
}

function noPage(error: string): TelemetryPage {
  return { total: 0, rows: [], histogram: [], error }
}

function backlogOf(socket: SeatSocket): number {
  const { conn } = socket
  const transport = conn.transport as unknown as {
    readonly socket?: { readonly bufferedAmount?: number }
  }
  return (
    (transport.socket?.bufferedAmount ?? 0) +
    (conn as unknown as { readonly writeBuffer: readonly unknown[] }).writeBuffer.length * 256
  )
}

function measure(socket: SeatSocket, room: Room): void {
  const from = performance.now()
  const timed = socket.timeout(PING_MS) as unknown as {
    emit: (event: string, answer: (error: Error | null) => void) => void
  }
  timed.emit('beat', (error) => {
    room.audience.measured(socket.id, error ? PING_MS : Math.round(performance.now() - from))
  })
}
