import { io, type Socket } from 'socket.io-client'
import type { TelemetryPage, TelemetryQuery } from '../../exercise/types.ts'
import type { MoveAnswer, ServerEvents, TrainerAct } from '../../protocol/message.ts'
import type { Move } from '../../protocol/move.ts'
import { apply } from '../../protocol/patch.ts'
import type { View } from '../../protocol/view.ts'

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
  act(act: TrainerAct): Promise<MoveAnswer>
  close(): void
}
interface ClientEvents {
  move: (message: { id: string; move: unknown }, answer: (answer: MoveAnswer) => void) => void
  act: (message: { id: string; move: unknown }, answer: (answer: MoveAnswer) => void) => void
  ask: (query: unknown, answer: (page: TelemetryPage) => void) => void
  again: () => void
}
interface Waiting {
  readonly event: 'move' | 'act'
  readonly message: { readonly id: string; readonly move: unknown }
  readonly resolve: (answer: MoveAnswer) => void
}

/** Moves that may wait for a broken line; a further one is refused at once. */
const WAITING_MAX = 64
const ASK_MS = 10_000
const AGAIN_MS = 1500

export interface SeatOptions {
  readonly exercise: string
  readonly token: string
  /** Where the server is; the page's own by default. */
  readonly url?: string
  /** Outside a browser: must hold the `origin` that a browser would send. */
  readonly headers?: Record<string, string>
}

/** Connects a seat by its token and keeps its view current. Framework-free. */
export function connectSeat({ exercise, token, url, headers }: SeatOptions): SeatConnection {
  const socket: Socket<ServerEvents & { beat: (answer: () => void) => void }, ClientEvents> = io(
    url ?? '',
    {
      auth: { exercise, token },
      ...(headers === undefined ? {} : { extraHeaders: headers }),
      transports: ['websocket', 'polling'],
      reconnectionDelay: 200,
      reconnectionDelayMax: 1500,
      randomizationFactor: 0.5,
      timeout: 5000,
    },
  )
  let state: SeatState = { view: null, line: 'connecting', reason: null }
  let seq = -1
  let asked = false
  const listeners = new Set<(state: SeatState) => void>()
  const waiting = new Map<string, Waiting>()
  const become = (change: Partial<SeatState>): void => {
    state = { ...state, ...change }
    for (const listener of listeners) listener(state)
  }
  const leave = (reason: string): void => {
    become({ line: 'gone', reason })
    for (const one of waiting.values()) one.resolve({ ok: false, reason: 'gone' })
    waiting.clear()
    socket.disconnect()
  }
  const again = (): void => {
    if (asked) return
    asked = true
    socket.emit('again')
  }

  socket.on('view', (message) => {
    seq = message.seq
    asked = false
    become({ view: message.view, line: 'here', reason: null })
  })
  socket.on('patch', (message) => {
    if (state.view === null || message.seq !== seq + 1) return again()
    try {
      const view = apply(message.ops, state.view)
      seq = message.seq
      become({ view })
    } catch {
      again()
    }
  })
  socket.on('gone', ({ reason }) => leave(reason))
  socket.on('beat', (answer) => answer())
  socket.on('connect', () => {
    asked = false
    for (const one of waiting.values()) send(one)
  })
  socket.on('disconnect', (reason) => {
    if (state.line === 'gone') return
    become({ line: 'lost' })
    // Cut by the server (a slow line, a flood): come back, but not at once.
    if (reason === 'io server disconnect')
      setTimeout(() => {
        if (state.line === 'lost') socket.connect()
      }, AGAIN_MS)
  })
  socket.on('connect_error', (error) => {
    // `active` is false where the server refused us, rather than could not be reached.
    if (!socket.active)
      return leave(['removed', 'ended', 'full'].includes(error.message) ? error.message : 'unknown')
    if (state.line === 'here') become({ line: 'lost' })
  })

  function send(one: Waiting): void {
    socket.emit(one.event, one.message, (answer) => {
      if (!waiting.delete(one.message.id)) return
      one.resolve(answer)
    })
  }
  function submit(event: 'move' | 'act', body: unknown): Promise<MoveAnswer> {
    if (state.line === 'gone') return Promise.resolve({ ok: false, reason: 'gone' })
    if (waiting.size >= WAITING_MAX)
      return Promise.resolve({ ok: false, reason: 'too-many-waiting' })
    return new Promise((resolve) => {
      const one: Waiting = { event, message: { id: freshId(), move: body }, resolve }
      waiting.set(one.message.id, one)
      if (socket.connected) send(one)
    })
  }

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener)
      listener(state)
      return () => {
        listeners.delete(listener)
      }
    },
    move: (move) => submit('move', move),
    act: (act) => submit('act', act),
    ask: (query) =>
      new Promise((resolve) => {
        const nothing: TelemetryPage = { total: 0, rows: [], histogram: [], error: 'no-answer' }
        socket.timeout(ASK_MS).emit('ask', query, (error: Error | null, page: TelemetryPage) => {
          resolve(error ? nothing : page)
        })
      }),
    close() {
      socket.disconnect()
      listeners.clear()
    },
  }
}

/** Works over plain HTTP too, where `crypto.randomUUID` is missing. */
function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
