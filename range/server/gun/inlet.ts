import type { WebSocket } from 'ws'
import type { GunMessage } from '../../ledger/gun-message.ts'
import type { SocketFilter } from './filter.ts'

/** Frames that came before a socket stopped being read and wait for tokens; more are shed. */
export const FRAMES_WAITING_MAX = 600
/** Frames shed after which a socket is closed. */
export const FRAMES_SHED_MAX = 1000
const AGAIN_MS = 100
const CLOSE_POLICY = 1008

export interface InletEnds {
  readonly take: (message: GunMessage) => void
  /** Closes the socket with a code. */
  readonly end: (code: number) => void
}

/**
 * The receiving end of one socket. Over its rate it is no longer read, so that its sender waits and
 * nothing is spent on it; what had arrived by then is taken as tokens come back. Hostile frames and
 * floods close it with 1008.
 */
export class Inlet {
  readonly #socket: WebSocket
  readonly #filter: SocketFilter
  readonly #ends: InletEnds
  #waiting: Buffer[] = []
  #shed = 0
  #timer: NodeJS.Timeout | undefined

  constructor(socket: WebSocket, filter: SocketFilter, ends: InletEnds) {
    this.#socket = socket
    this.#filter = filter
    this.#ends = ends
    socket.on('message', (data, isBinary) => {
      if (isBinary || !Buffer.isBuffer(data)) this.#end()
      else this.#receive(data)
    })
    socket.on('close', () => this.#stop())
  }

  #receive(frame: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    if (this.#timer === undefined && this.#admit(frame)) return
    if (this.#waiting.length < FRAMES_WAITING_MAX) this.#waiting.push(frame)
    else if (++this.#shed > FRAMES_SHED_MAX) return this.#end()
    this.#rest()
  }

  /** Whether the frame is done with, for good or for bad; false where it must wait. */
  #admit(frame: Buffer): boolean {
    const admission = this.#filter.admit(frame, performance.now(), Date.now())
    if (admission.kind === 'shed') return false
    if (admission.kind === 'pass') for (const one of admission.messages) this.#ends.take(one)
    else if (admission.close) this.#end()
    return true
  }

  #rest(): void {
    if (this.#timer !== undefined) return
    this.#socket.pause()
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#goOn()
    }, AGAIN_MS)
  }

  #goOn(): void {
    let done = 0
    while (done < this.#waiting.length && this.#admit(this.#waiting[done]!)) done += 1
    this.#waiting = this.#waiting.slice(done)
    if (this.#socket.readyState !== this.#socket.OPEN) return this.#stop()
    if (this.#waiting.length > 0) this.#rest()
    else this.#socket.resume()
  }

  #end(): void {
    this.#stop()
    this.#ends.end(CLOSE_POLICY)
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waiting = []
  }
}
