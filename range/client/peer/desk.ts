import type { FromPeers, ToFrame } from '../gun/frame-protocol.ts'
import type { PeerDrop } from './guard.ts'
import { isPeerEnd, type PeerEnd } from './signal.ts'

/** A link to another browser as the page sees it; the link itself lives in Gun's frame. */
export interface PeerSeat {
  readonly peer: number
  /** This side's end, to be carried over; undefined where this browser offers no way to it. */
  readonly end: Promise<PeerEnd | undefined>
  /** Takes the other's answer. */
  accept(end: PeerEnd): void
  close(): void
}

/** What the page is told of one link. */
export interface PeerSeatHeard {
  readonly open?: () => void
  readonly closed?: (drop: PeerDrop) => void
  readonly served?: (values: number) => void
}

interface Seat {
  readonly heard: PeerSeatHeard
  readonly described: (end: PeerEnd | undefined) => void
}

/** Opens links to other browsers by way of Gun's frame. */
export class PeerDesk {
  readonly #send: (message: ToFrame) => void
  readonly #seats = new Map<number, Seat>()
  #next = 1

  constructor(send: (message: ToFrame) => void) {
    this.#send = send
  }

  /** A link that this side offers, or, with the other's `end`, one that it answers. */
  open(heard: PeerSeatHeard, end?: PeerEnd): PeerSeat {
    const peer = this.#next++
    const { promise, resolve } = Promise.withResolvers<PeerEnd | undefined>()
    this.#seats.set(peer, { heard, described: resolve })
    if (end === undefined) this.#send({ kind: 'peer-offer', peer })
    else this.#send({ kind: 'peer-answer', peer, end })
    return {
      peer,
      end: promise,
      accept: (other) => this.#send({ kind: 'peer-accept', peer, end: other }),
      close: () => this.#send({ kind: 'peer-close', peer }),
    }
  }

  /** Takes what the frame says; an end that is none counts as none. */
  hear(message: FromPeers): void {
    const seat = this.#seats.get(message.peer)
    if (seat === undefined) return
    switch (message.kind) {
      case 'peer-end':
        return seat.described(message.end && isPeerEnd(message.end) ? message.end : undefined)
      case 'peer-open':
        return seat.heard.open?.()
      case 'peer-served':
        return seat.heard.served?.(message.values)
      case 'peer-closed':
        this.#seats.delete(message.peer)
        seat.described(undefined)
        return seat.heard.closed?.(message.drop)
    }
  }
}
