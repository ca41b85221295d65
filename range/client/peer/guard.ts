import type { Sha256 } from '../../ledger/bytes.ts'
import { parseGunFrame, type GunMessage, type GunRefusal } from '../../ledger/gun-message.ts'
import { VALUE_BYTES_MAX, type Space } from '../../ledger/replica.ts'

/** Why a link to another browser ended. Of a stranger's faults the first is enough. */
export type PeerDrop =
  /** No message of the replica's protocol, or one with forbidden words. */
  | 'malformed'
  /** A value under a key that is not its hash. */
  | 'wrong-hash'
  | 'too-large'
  /** More than the rate allows. */
  | 'flood'
  /** An answer to a question that was not asked, or a value nobody wanted. */
  | 'unasked'
  /** It does not read what it asked for. */
  | 'not-reading'
  /** The connection went. */
  | 'lost'
  /** Nobody came within the time a link waits. */
  | 'nobody-came'
  /** This side ended it. */
  | 'ended'

/** What a checked message of a peer means. */
export type PeerWord =
  | { readonly kind: 'get'; readonly id: string; readonly space: Space; readonly key: string }
  /** `value` is undefined where the peer has none. */
  | { readonly kind: 'answer'; readonly id: string; readonly value: string | undefined }
  | { readonly kind: 'news'; readonly space: Space; readonly key: string; readonly value: string }

export type PeerAdmission =
  | { readonly ok: true; readonly words: readonly PeerWord[] }
  | { readonly ok: false; readonly drop: PeerDrop }

/** Tokens of one peer, and back each second; one pays for 512 characters or a message. */
export const PEER_TOKENS_MAX = 2000
export const PEER_TOKENS_PER_SECOND = 1000
const CHARS_PER_TOKEN = 512
/** News carry a signature that somebody will check: milliseconds, not microseconds. */
const NEWS_TOKENS = 50
/** Questions that may be open to one peer. */
export const PEER_ASKS_MAX = 4096
/** Characters of one message: the largest value, escaped, and what stands around it. */
export const PEER_MESSAGE_CHARS_MAX = VALUE_BYTES_MAX + 8192

const FAULTS: Partial<Record<GunRefusal, PeerDrop>> = {
  'too-large': 'too-large',
  'bad-hash': 'wrong-hash',
}

/**
 * Judges what one peer says, by the filter of the server's replica and stricter: values are hashed
 * again, answers must have been asked for, and all else has a rate. Questions of ours pay for their
 * answers. Holds at most `PEER_ASKS_MAX` questions and no value. Times are milliseconds.
 */
export class PeerGuard {
  readonly #sha256: Sha256
  readonly #asked = new Map<string, { readonly space: Space; readonly key: string }>()
  #tokens = PEER_TOKENS_MAX
  #at: number

  constructor(now: number, sha256: Sha256) {
    this.#at = now
    this.#sha256 = sha256
  }

  /** Notes a question before it is sent; false where too many are open. */
  ask(id: string, space: Space, key: string): boolean {
    if (this.#asked.size >= PEER_ASKS_MAX) return false
    this.#asked.set(id, { space, key })
    return true
  }

  /** `now` is monotonic, `unixNow` the clock that states are compared with. */
  admit(data: unknown, now: number, unixNow: number): PeerAdmission {
    if (typeof data !== 'string') return { ok: false, drop: 'malformed' }
    if (data.length > PEER_MESSAGE_CHARS_MAX) return { ok: false, drop: 'too-large' }
    this.#refill(now)
    const price = Math.ceil(data.length / CHARS_PER_TOKEN)
    // Before anything is parsed: an open question pays for one answer, or the rate does.
    if (this.#asked.size === 0 && this.#tokens < price) return { ok: false, drop: 'flood' }
    const frame = parseGunFrame(data, unixNow, this.#sha256)
    if (!frame.ok) return { ok: false, drop: FAULTS[frame.code] ?? 'malformed' }
    const words: PeerWord[] = []
    let answers = 0
    for (const message of frame.messages) {
      const word = this.#judge(message)
      if (word === 'unasked') return { ok: false, drop: 'unasked' }
      if (word?.kind === 'answer') answers += 1
      else this.#tokens -= word?.kind === 'news' ? NEWS_TOKENS : 1
      if (word !== undefined) words.push(word)
    }
    if (answers === 0) this.#tokens -= price
    return this.#tokens < 0 ? { ok: false, drop: 'flood' } : { ok: true, words }
  }

  /** What a well-formed message means to us; undefined for handshakes and the like. */
  #judge(message: GunMessage): PeerWord | 'unasked' | undefined {
    if (message.kind === 'idle') return undefined
    if (message.kind === 'get') return message
    if (message.kind === 'put' && message.ack === undefined) {
      const { space, key, value } = message
      return space === 'cp' || space === 'cosig' ? { kind: 'news', space, key, value } : 'unasked'
    }
    const id = message.ack!
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    if (asked === undefined) return 'unasked'
    if (message.kind === 'none') return { kind: 'answer', id, value: undefined }
    const fits = message.space === asked.space && message.key === asked.key
    return fits ? { kind: 'answer', id, value: message.value } : 'unasked'
  }

  #refill(now: number): void {
    const back = ((now - this.#at) / 1000) * PEER_TOKENS_PER_SECOND
    this.#tokens = Math.min(PEER_TOKENS_MAX, this.#tokens + back)
    this.#at = now
  }
}
