import { parseGunFrame, type GunMessage, type GunRefusal } from '../../ledger/gun-message.ts'
import { nativeSha256 } from '../ledger/native.ts'

/** Tokens a socket holds at most, gets back each second, and bytes one token pays for. */
export const TOKENS_MAX = 400
export const TOKENS_PER_SECOND = 200
export const BYTES_PER_TOKEN = 512

/** Refused frames after which a socket is closed with 1008. */
export const BAD_FRAMES_MAX = 5

export type Admission =
  | { readonly kind: 'pass'; readonly messages: readonly GunMessage[] }
  /** Over a rate: nothing was parsed, and nothing held against it; it may come again. */
  | { readonly kind: 'shed' }
  | { readonly kind: 'refused'; readonly code: GunRefusal; readonly close: boolean }

/** The filter of one socket: pays by bytes before parsing, then checks as `parseGunFrame` does. */
export class SocketFilter {
  readonly #purse: (tokens: number) => boolean
  #tokens = TOKENS_MAX
  #at: number
  #bad = 0

  /** `now` is monotonic milliseconds; `purse` pays what is shared with other sockets. */
  constructor(now: number, purse: (tokens: number) => boolean = () => true) {
    this.#at = now
    this.#purse = purse
  }

  admit(frame: Buffer, now: number, unixNow: number): Admission {
    if (!this.#pay(frame.length / BYTES_PER_TOKEN, now)) return { kind: 'shed' }
    const parsed = parseGunFrame(frame.toString('utf8'), unixNow, nativeSha256)
    if (parsed.ok) {
      // A batch goes into debt for its further messages, 127 at most.
      this.#tokens -= Math.max(0, parsed.messages.length - 1)
      return { kind: 'pass', messages: parsed.messages }
    }
    this.#bad += 1
    return { kind: 'refused', code: parsed.code, close: this.#bad >= BAD_FRAMES_MAX }
  }

  #pay(tokens: number, now: number): boolean {
    this.#tokens = Math.min(
      TOKENS_MAX,
      this.#tokens + ((now - this.#at) / 1000) * TOKENS_PER_SECOND,
    )
    this.#at = now
    const price = Math.max(1, Math.ceil(tokens))
    if (this.#tokens < price || !this.#purse(price)) return false
    this.#tokens -= price
    return true
  }
}
