import { gunGet, gunPut } from '../../ledger/gun-message.ts'
import type { Space } from '../../ledger/replica.ts'
import { sha256 } from '../../ledger/sha256.ts'
import { randomId } from '../random-id.ts'
import { PeerGuard, type PeerDrop, type PeerWord } from './guard.ts'
import type { KeptValues } from './kept.ts'
import { PeerLink } from './link.ts'
import type { PeerEnd } from './signal.ts'

/** Links to other browsers at one time, open or waiting. */
export const PEERS_MAX = 8
/** Questions a second to one peer after the first thousand: below what its guard allows. */
const ASKS_AT_ONCE = 1000
const ASKS_PER_SECOND = 500
/** A peer's guard would take some twenty a second. */
const NEWS_EVERY_MS = 100

export interface PeersHeard {
  readonly open: (peer: number) => void
  readonly closed: (peer: number, drop: PeerDrop) => void
  /** An answer to the question `id`; undefined where the peer has no such value. */
  readonly answer: (id: string, value: string | undefined) => void
  readonly news: (peer: number, news: PeerWord & { readonly kind: 'news' }) => void
  /** So many values have been handed to a peer. */
  readonly served: (peer: number, values: number) => void
}

interface Peer {
  readonly link: PeerLink
  readonly guard: PeerGuard
  readonly held: { readonly id: string; readonly space: Space; readonly key: string }[]
  asks: number
  askedAt: number
  timer: ReturnType<typeof setTimeout> | undefined
  toldAt: number
  served: number
  open: boolean
}

/**
 * The other browsers that this one is linked to. Their questions are answered out of `kept`, their
 * answers and news handed up only after the guard has judged them; its first refusal ends a link.
 */
export class Peers {
  readonly #peers = new Map<number, Peer>()
  readonly #kept: KeptValues
  readonly #heard: PeersHeard

  constructor(kept: KeptValues, heard: PeersHeard) {
    this.#kept = kept
    this.#heard = heard
  }

  /** Makes a link and gives this side's end; undefined where there is no way to be reached. */
  async offer(peer: number): Promise<PeerEnd | undefined> {
    return this.#make(peer)?.offer()
  }

  async answer(peer: number, end: PeerEnd): Promise<PeerEnd | undefined> {
    return this.#make(peer)?.answer(end)
  }

  async accept(peer: number, end: PeerEnd): Promise<void> {
    await this.#peers.get(peer)?.link.accept(end)
  }

  end(peer: number): void {
    this.#peers.get(peer)?.link.close('ended')
  }

  /** Asks one peer under an id of the caller's; false where it cannot be asked. */
  ask(peer: number, id: string, space: Space, key: string): boolean {
    const asked = this.#peers.get(peer)
    if (asked === undefined || !asked.open || !asked.guard.ask(id, space, key)) return false
    asked.held.push({ id, space, key })
    this.#askOn(asked)
    return true
  }

  /** Sends on what Gun wants said to a peer; of news that come too fast some are left out. */
  send(peer: number, raw: string): void {
    const told = this.#peers.get(peer)
    const now = performance.now()
    if (told === undefined || !told.open || now - told.toldAt < NEWS_EVERY_MS) return
    told.toldAt = now
    told.link.send(raw)
  }

  #make(id: number): PeerLink | undefined {
    if (this.#peers.size >= PEERS_MAX || this.#peers.has(id)) return undefined
    const link = new PeerLink({
      open: () => {
        peer.open = true
        this.#heard.open(id)
      },
      message: (data) => this.#hear(id, peer, data),
      closed: (drop) => {
        clearTimeout(peer.timer)
        this.#peers.delete(id)
        this.#heard.closed(id, drop)
      },
    })
    const now = performance.now()
    const guard = new PeerGuard(now, sha256)
    const pace = { asks: ASKS_AT_ONCE, askedAt: now, timer: undefined, toldAt: 0 }
    const peer: Peer = { link, guard, held: [], ...pace, served: 0, open: false }
    this.#peers.set(id, peer)
    return link
  }

  /** Asks what the other's rate allows, and the rest later. */
  #askOn(peer: Peer): void {
    const now = performance.now()
    const back = ((now - peer.askedAt) / 1000) * ASKS_PER_SECOND
    peer.asks = Math.min(ASKS_AT_ONCE, peer.asks + back)
    peer.askedAt = now
    while (peer.held.length > 0 && peer.asks >= 1) {
      const { id, space, key } = peer.held.shift()!
      peer.asks -= 1
      peer.link.send(JSON.stringify(gunGet(id, space, key)))
    }
    clearTimeout(peer.timer)
    if (peer.held.length > 0) peer.timer = setTimeout(() => this.#askOn(peer), 100)
  }

  #hear(id: number, peer: Peer, data: unknown): void {
    const judged = peer.guard.admit(data, performance.now(), Date.now())
    if (!judged.ok) return peer.link.close(judged.drop)
    for (const word of judged.words) this.#take(id, peer, word)
  }

  #take(id: number, peer: Peer, word: PeerWord): void {
    if (word.kind === 'answer') return this.#heard.answer(word.id, word.value)
    if (word.kind === 'news') return this.#heard.news(id, word)
    const { id: ack, space, key } = word
    const value = this.#kept.get(space, key)
    const reply = { '#': randomId(8), '@': ack }
    const put = value === undefined ? reply : gunPut({ id: randomId(8), ack, space, key, value })
    peer.link.send(JSON.stringify(put))
    if (value === undefined) return
    peer.served += 1
    this.#heard.served(id, peer.served)
  }
}
