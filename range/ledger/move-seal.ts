import canonicalize from 'canonicalize'
import { fromBase64, toBase64, utf8 } from './bytes.ts'
import type { VerifySignature } from './checkpoint.ts'
import { formatDidKey, parseDidKey } from './did-key.ts'

/** Who signed a move: a did:key, and base64 of 64 bytes. Both stand in the move's entry. */
export interface MoveSignature {
  readonly did: string
  readonly sig: string
}
/** What a player signs: which log, which seat, which message, which move. */
export interface SignedMove {
  readonly origin: string
  readonly seat: string
  readonly id: string
  readonly move: unknown
}

/** Keys that a seat may sign with, one for each browser it was played in. */
export const KEYS_A_SEAT = 8
const HEAD = 'doorstep-move/v1'

/**
 * The text that is signed: head, origin, seat, id and the canonical JSON of the move (RFC 8785),
 * each with a line feed. Undefined where a part holds a line feed or the move is no JSON.
 */
export function moveText({ origin, seat, id, move }: SignedMove): Uint8Array | undefined {
  if ([origin, seat, id].some((part) => part.includes('\n'))) return undefined
  try {
    const text = canonicalize(move)
    return text === undefined ? undefined : utf8([HEAD, origin, seat, id, text, ''].join('\n'))
  } catch {
    return undefined
  }
}

/** Signature and name as they travel and are logged; undefined for bytes of a wrong length. */
export function moveSignature(
  publicKey: Uint8Array,
  signature: Uint8Array,
): MoveSignature | undefined {
  const did = formatDidKey(publicKey)
  return did === undefined || signature.length !== 64
    ? undefined
    : { did, sig: toBase64(signature) }
}

/** Whether the key that `did` names signed this move, for this log, seat and message. */
export function moveHolds(
  signed: SignedMove,
  { did, sig }: MoveSignature,
  verify: VerifySignature,
): boolean {
  const [key, signature, text] = [parseDidKey(did), fromBase64(sig), moveText(signed)]
  return (
    key !== undefined &&
    signature !== undefined &&
    text !== undefined &&
    verify(key, text, signature)
  )
}

/** What an entry of the opened log is, of moves that somebody sent. */
export type MoveVerdict =
  | { readonly state: 'signed'; readonly seat: string; readonly did: string }
  | { readonly state: 'unsigned'; readonly seat: string }
  /**
   * `bad-signature`: not what that key signed, or not in that seat's name. `repeated`: signed once,
   * logged twice. `too-many-keys`: by a key after the seat's eighth, which no honest log takes.
   */
  | {
      readonly state: 'forged'
      readonly seat: string
      readonly why: 'bad-signature' | 'repeated' | 'too-many-keys'
    }

/** Judges the moves of an opened log, entry by entry in their order. */
export class MoveJudge {
  readonly #origin: string
  readonly #verify: VerifySignature
  readonly #keys = new Map<string, Set<string>>()
  readonly #seen = new Set<string>()

  constructor(origin: string, verify: VerifySignature) {
    this.#origin = origin
    this.#verify = verify
  }

  /** Undefined for what is no move that somebody sent; machine players send none. */
  judge(entry: unknown): MoveVerdict | undefined {
    const { kind, input, by, id, did, sig } = fields(entry)
    const { kind: what, seat, move } = fields(input)
    if (kind !== 'input' || what !== 'Moved' || typeof seat !== 'string') return undefined
    if (did === undefined && sig === undefined)
      return by === undefined ? undefined : { state: 'unsigned', seat }
    if (typeof did !== 'string' || typeof sig !== 'string' || typeof id !== 'string' || by !== seat)
      return { state: 'forged', seat, why: 'bad-signature' }
    if (!moveHolds({ origin: this.#origin, seat, id, move }, { did, sig }, this.#verify))
      return { state: 'forged', seat, why: 'bad-signature' }
    const name = `${seat}\n${id}`
    if (this.#seen.has(name)) return { state: 'forged', seat, why: 'repeated' }
    this.#seen.add(name)
    if (!takeKey(this.#keys, seat, did)) return { state: 'forged', seat, why: 'too-many-keys' }
    return { state: 'signed', seat, did }
  }
}

/** Takes a key in as one of a seat's, if it is known or there is room; `keys` is by seat. */
export function takeKey(keys: Map<string, Set<string>>, seat: string, did: string): boolean {
  const own = keys.get(seat) ?? new Set<string>()
  keys.set(seat, own)
  if (own.has(did)) return true
  if (own.size >= KEYS_A_SEAT) return false
  own.add(did)
  return true
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
