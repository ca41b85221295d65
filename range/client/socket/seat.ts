import { io } from 'socket.io-client'
import type { TelemetryPage, TelemetryQuery } from '../../exercise/types.ts'
import type { Answer, Question } from '../../protocol/detection.ts'
import type { MoveAnswer, ReceiptMessage, TrainerAct } from '../../protocol/message.ts'
import type { Move } from '../../protocol/move.ts'
import { apply } from '../../protocol/patch.ts'
import type { View } from '../../protocol/view.ts'
import { originOf } from '../../protocol/log-origin.ts'
import type { MoveSigner } from '../move-keys.ts'
import { createOutbox, type SeatSocket, type Signing } from './outbox.ts'

export type Line = 'connecting' | 'here' | 'lost' | 'gone'
export interface SeatState {
  /** The newest view of the seat's role, or null before the first. */
  readonly view: View | null
  readonly line: Line
  /** Why the seat is gone: `removed`, `ended`, `full`, `unknown`. */
  readonly reason: string | null
}
export interface SeatConnection {
  state(): SeatState
  /** Calls `listener` at once and after every change; returns how to stop. */
  subscribe(listener: (state: SeatState) => void): () => void
  /** Sends a move; over a broken line it is kept and sent again, and takes effect once. */
  move(move: Move): Promise<MoveAnswer>
  ask(query: TelemetryQuery): Promise<TelemetryPage>
  question(question: Question): Promise<Answer>
  act(act: TrainerAct): Promise<MoveAnswer>
  close(): void
}
const ASK_MS = 10_000
/** A back-test gives way to everything else, and takes a while on a busy machine. */
const QUESTION_MS = 60_000
const AGAIN_MS = 1500

export interface SeatOptions {
  readonly exercise: string
  readonly token: string
  /** Where the server is; the page's own by default. */
  readonly url?: string
  /** Outside a browser: must hold the `origin` that a browser would send. */
  readonly headers?: Record<string, string>
  /** Takes the log's signed promise for each move and act of this seat. */
  readonly onReceipt?: (message: ReceiptMessage) => void
  /** Signs each move before it is sent; without one they go unsigned. */
  readonly signer?: MoveSigner
}

/** Connects a seat by its token and keeps its view current. Framework-free. */
export function connectSeat(options: SeatOptions): SeatConnection {
  const socket = openSocket(options)
  const store = createStore()
  const outbox = createOutbox(socket, {
    isGone: () => store.state().line === 'gone',
    signature: options.signer && signatureFor(options.signer, options.exercise, store),
  })
  const leave = (reason: string): void => {
    store.become({ line: 'gone', reason })
    outbox.refuseAll()
    socket.disconnect()
  }
  followViews(socket, store)
  followLine(socket, store, leave)
  socket.on('receipt', (message) => options.onReceipt?.(message))
  socket.on('gone', ({ reason }) => leave(reason))
  socket.on('beat', (answer) => answer())
  socket.on('connect', () => outbox.sendAll())
  return {
    state: store.state,
    subscribe: store.subscribe,
    move: (move) => outbox.submit('move', move),
    act: (act) => outbox.submit('act', act),
    ask: (query) =>
      new Promise((resolve) => {
        const nothing: TelemetryPage = { total: 0, rows: [], histogram: [], error: 'no-answer' }
        socket.timeout(ASK_MS).emit('ask', query, (error: Error | null, page: TelemetryPage) => {
          resolve(error ? nothing : page)
        })
      }),
    question: (question) =>
      new Promise((resolve) => {
        const nothing: Answer = { kind: 'Refused', reason: 'no-answer' }
        socket
          .timeout(QUESTION_MS)
          .emit('question', question, (error: Error | null, answer: Answer) => {
            resolve(error ? nothing : answer)
          })
      }),
    close() {
      socket.disconnect()
      store.forgetListeners()
    },
  }
}

function openSocket({ exercise, token, url, headers }: SeatOptions): SeatSocket {
  return io(url ?? '', {
    auth: { exercise, token },
    ...(headers === undefined ? {} : { extraHeaders: headers }),
    transports: ['websocket', 'polling'],
    reconnectionDelay: 200,
    reconnectionDelayMax: 1500,
    randomizationFactor: 0.5,
    timeout: 5000,
  })
}

/** A seat that was not shown itself yet does not know its name, and signs nothing. */
function signatureFor({ sign }: MoveSigner, exercise: string, store: Store): Signing {
  return (id, move) => {
    const seat = store.state().view?.me.seat
    return seat === undefined
      ? Promise.resolve(undefined)
      : sign({ origin: originOf(exercise), seat, id, move })
  }
}

interface Store extends Pick<SeatConnection, 'state' | 'subscribe'> {
  become(change: Partial<SeatState>): void
  forgetListeners(): void
}

/** The seat's state, and who is told when it changes. */
function createStore(): Store {
  let state: SeatState = { view: null, line: 'connecting', reason: null }
  const listeners = new Set<(state: SeatState) => void>()
  return {
    state: () => state,
    become(change) {
      state = { ...state, ...change }
      for (const listener of listeners) listener(state)
    },
    subscribe(listener) {
      listeners.add(listener)
      listener(state)
      return () => {
        listeners.delete(listener)
      }
    },
    forgetListeners: () => listeners.clear(),
  }
}

/** Applies differences in their order; where one is missing, the whole view is asked for once. */
function followViews(socket: SeatSocket, store: Store): void {
  let seq = -1
  let asked = false
  const again = (): void => {
    if (asked) return
    asked = true
    socket.emit('again')
  }
  socket.on('connect', () => {
    asked = false
  })
  socket.on('view', (message) => {
    seq = message.seq
    asked = false
    store.become({ view: message.view, line: 'here', reason: null })
  })
  socket.on('patch', (message) => {
    const { view } = store.state()
    if (view === null || message.seq !== seq + 1) return again()
    try {
      const next = apply(message.ops, view)
      seq = message.seq
      store.become({ view: next })
    } catch {
      again()
    }
  })
}

function followLine(socket: SeatSocket, store: Store, leave: (reason: string) => void): void {
  socket.on('disconnect', (reason) => {
    if (store.state().line === 'gone') return
    store.become({ line: 'lost' })
    // Cut by the server (a slow line, a flood): come back, but not at once.
    if (reason === 'io server disconnect')
      setTimeout(() => {
        if (store.state().line === 'lost') socket.connect()
      }, AGAIN_MS)
  })
  socket.on('connect_error', (error) => {
    // `active` is false where the server refused us, rather than could not be reached.
    if (!socket.active)
      return leave(['removed', 'ended', 'full'].includes(error.message) ? error.message : 'unknown')
    if (store.state().line === 'here') store.become({ line: 'lost' })
  })
}
