import type { WebSocket } from 'ws'

/** Bytes that may wait for one slow reader, and for all of them together. */
export const SOCKET_BACKLOG_BYTES_MAX = 4 * 1024 * 1024
export const BACKLOG_BYTES_MAX = 64 * 1024 * 1024
/** While all wait together too long, whoever has more than this waiting is dropped. */
const SLOW_BYTES = 64 * 1024

/** Sends to sockets, and drops those that do not read. */
export class Outlet {
  #waiting = 0

  /** Bytes handed to sockets and not yet to the system. */
  get waiting(): number {
    return this.#waiting
  }

  send(socket: WebSocket, raw: string): void {
    if (socket.readyState !== socket.OPEN) return
    const bound = this.#waiting > BACKLOG_BYTES_MAX ? SLOW_BYTES : SOCKET_BACKLOG_BYTES_MAX
    if (socket.bufferedAmount > bound) return socket.terminate()
    const bytes = raw.length
    this.#waiting += bytes
    socket.send(raw, () => {
      this.#waiting -= bytes
    })
  }
}
