import type { Socket } from 'socket.io-client'
import type { TelemetryPage } from '../../exercise/types.ts'
import type { MoveSignature } from '../../ledger/move-seal.ts'
import type { Answer } from '../../protocol/detection.ts'
import type { MoveAnswer, MoveMessage, ServerEvents } from '../../protocol/message.ts'
import { randomId } from '../random-id.ts'

interface ClientEvents {
  move: (message: MoveMessage, answer: (answer: MoveAnswer) => void) => void
  act: (message: MoveMessage, answer: (answer: MoveAnswer) => void) => void
  ask: (query: unknown, answer: (page: TelemetryPage) => void) => void
  question: (question: unknown, answer: (answer: Answer) => void) => void
  again: () => void
}
export type SeatSocket = Socket<ServerEvents & { beat: (answer: () => void) => void }, ClientEvents>
/** The signature of a move under its message's id; undefined sends it unsigned. */
export type Signing = (id: string, move: unknown) => Promise<MoveSignature | undefined>

interface Waiting {
  readonly event: 'move' | 'act'
  readonly resolve: (answer: MoveAnswer) => void
  /** What is sent, and sent again; undefined until it is signed. */
  message: MoveMessage | undefined
}

/** Moves that may wait for a broken line; a further one is refused at once. */
const WAITING_MAX = 64

/**
 * Moves on their way: each is kept until it is answered, and sent again, the very same, over every
 * fresh line. Whoever signs keeps the order of all that the seat sends.
 */
export function createOutbox(
  socket: SeatSocket,
  {
    isGone,
    signature,
  }: { readonly isGone: () => boolean; readonly signature: Signing | undefined },
): {
  submit(event: 'move' | 'act', body: unknown): Promise<MoveAnswer>
  sendAll(): void
  refuseAll(): void
} {
  const waiting = new Map<string, Waiting>()
  let turn: Promise<unknown> = Promise.resolve()
  const send = (one: Waiting): void => {
    const { message } = one
    if (message === undefined) return
    socket.emit(one.event, message, (answer) => {
      if (waiting.delete(message.id)) one.resolve(answer)
    })
  }
  const ready = (one: Waiting, message: MoveMessage): void => {
    one.message = message
    if (socket.connected && waiting.has(message.id)) send(one)
  }
  return {
    submit(event, body) {
      if (isGone()) return Promise.resolve({ ok: false, reason: 'gone' })
      if (waiting.size >= WAITING_MAX)
        return Promise.resolve({ ok: false, reason: 'too-many-waiting' })
      return new Promise((resolve) => {
        const id = randomId(12)
        const one: Waiting = { event, resolve, message: undefined }
        waiting.set(id, one)
        const move = event === 'move' ? asTaken(body) : body
        if (signature === undefined) return ready(one, { id, move })
        const signed =
          event === 'move' ? signature(id, move).catch(() => undefined) : Promise.resolve(undefined)
        turn = turn
          .then(() => signed)
          .then((mark) => {
            ready(one, { id, move, ...mark })
          })
      })
    },
    sendAll() {
      for (const one of waiting.values()) send(one)
    },
    refuseAll() {
      for (const one of waiting.values()) one.resolve({ ok: false, reason: 'gone' })
      waiting.clear()
    },
  }
}

/** The move as the server's door takes it, whose lines end with a line feed: this is signed. */
function asTaken(move: unknown): unknown {
  const { kind, text } = move as { kind?: unknown; text?: unknown }
  if (kind !== 'SwitchOnDetection' || typeof text !== 'string') return move
  return { ...(move as object), text: text.replaceAll(/\r\n?/g, '\n') }
}
