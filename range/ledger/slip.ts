import { concat, equalBytes, toBase64, utf8, type Sha256 } from './bytes.ts'
import { parseVkey, type Signer, type VerifySignature } from './checkpoint.ts'
import { commit, COMMITMENT_BYTES, COMMITMENT_SALT_BYTES, fits } from './commitment.ts'
import { MERGE_LEAVES } from './receipt.ts'

/**
 * What a slip of paper commits to: the entry of the `request` that placed the order, or of the
 * `second` in which the payment of the order was reported.
 */
export type SlipKind = 'request' | 'second'

/** A customer's receipt of one order, small enough for a QR code; it names no person. */
export interface Slip {
  readonly kind: SlipKind
  /** Leaves from here on may be the one, `within` many: whole MERGE_LEAVES. */
  readonly from: number
  readonly within: number
  readonly salt: Uint8Array
  /** To origin, order and leaf: the paper shows the leaf only to who has the record. */
  readonly commitment: Uint8Array
  /** The log's Ed25519 signature over `signedText`. */
  readonly signature: Uint8Array
}

export type SlipError = 'slip-malformed' | 'key-malformed' | 'bad-signature'
export type SlipResult =
  { readonly ok: true; readonly slip: Slip } | { readonly ok: false; readonly code: SlipError }

/** What a slip is made of; origin and order stand in its address, not in its code. */
export interface SlipBody {
  readonly kind: SlipKind
  readonly origin: string
  readonly order: string
  readonly leaf: Uint8Array
  readonly from: number
  readonly within: number
}

const KINDS: Readonly<Record<SlipKind, number>> = { request: 0x11, second: 0x12 }
const SIGNATURE_BYTES = 64
const STEPS_MAX = 1024
const SALT_AT = 7
const COMMITMENT_AT = SALT_AT + COMMITMENT_SALT_BYTES
const SIGNATURE_AT = COMMITMENT_AT + COMMITMENT_BYTES
const SLIP_BYTES = SIGNATURE_AT + SIGNATURE_BYTES
/** Letters of a slip's code: base64url without padding. */
export const SLIP_CHARS = Math.ceil((SLIP_BYTES * 4) / 3)

/**
 * The code of a slip, `SLIP_CHARS` letters: kind, place, salt, commitment, signature. The salt
 * comes out of the log's key, so that an order has the same one whenever it is asked for.
 */
export function signSlip(body: SlipBody, signer: Signer, sha256: Sha256): string {
  const { kind, origin, order, leaf, from, within } = body
  const secret = signer.sign(utf8(`doorstep-slip-salt/v1\n${origin}\n${kind}\n${order}\n`))
  const salt = sha256(secret).slice(0, COMMITMENT_SALT_BYTES)
  const commitment = commit(committed(body, salt, leaf), sha256)
  const unsigned = { kind, from, within, salt, commitment }
  const signature = signer.sign(utf8(signedText(unsigned, origin, order)))
  const place = new Uint8Array(6)
  const view = new DataView(place.buffer)
  view.setUint32(0, from)
  view.setUint16(4, within / MERGE_LEAVES)
  return toUrl(concat(Uint8Array.of(KINDS[kind]), place, salt, commitment, signature))
}

/** Reads a slip's code; undefined for anything that `signSlip` does not write. */
export function parseSlip(code: string): Slip | undefined {
  const bytes = fromUrl(code)
  if (bytes?.length !== SLIP_BYTES) return undefined
  const kind = (['request', 'second'] as const).find((one) => KINDS[one] === bytes[0])
  const view = new DataView(bytes.buffer)
  const steps = view.getUint16(5)
  if (kind === undefined || steps < 1 || steps > STEPS_MAX) return undefined
  return {
    kind,
    from: view.getUint32(1),
    within: steps * MERGE_LEAVES,
    salt: bytes.slice(SALT_AT, COMMITMENT_AT),
    commitment: bytes.slice(COMMITMENT_AT, SIGNATURE_AT),
    signature: bytes.slice(SIGNATURE_AT),
  }
}

/** Whether the log of `vkey` signed this code for this order. Says nothing of the record yet. */
export function verifySlip(
  code: string,
  order: string,
  vkey: string,
  tools: { readonly sha256: Sha256; readonly verify: VerifySignature },
): SlipResult {
  const key = parseVkey(vkey, tools.sha256)
  if (key === undefined) return { ok: false, code: 'key-malformed' }
  const slip = parseSlip(code)
  if (slip === undefined || !isOrder(order)) return { ok: false, code: 'slip-malformed' }
  const message = utf8(signedText(slip, key.name, order))
  const good = tools.verify(key.publicKey, message, slip.signature)
  return good ? { ok: true, slip } : { ok: false, code: 'bad-signature' }
}

/** Which of these leaves the slip commits to; -1 where none is it. */
export function slipLeaf(
  slip: Slip,
  { origin, order }: { readonly origin: string; readonly order: string },
  leaves: readonly Uint8Array[],
  sha256: Sha256,
): number {
  const claim = { kind: slip.kind, origin, order }
  return leaves.findIndex((leaf) =>
    fits(slip.commitment, committed(claim, slip.salt, leaf), sha256),
  )
}

/** Whether this may be an order's number: short, letters and digits. */
export function isOrder(text: string): boolean {
  return /^[A-Za-z0-9]{1,12}$/.test(text)
}

function committed(
  { kind, origin, order }: Pick<SlipBody, 'kind' | 'origin' | 'order'>,
  salt: Uint8Array,
  leaf: Uint8Array,
) {
  return { domain: `slip/${kind}`, salt, parts: [origin, order, toBase64(leaf)] }
}

function signedText(
  { kind, from, within, salt, commitment }: Omit<Slip, 'signature'>,
  origin: string,
  order: string,
): string {
  const lines = [origin, kind, order, from, within, toBase64(salt), toBase64(commitment)]
  return `doorstep-slip/v1\n${lines.join('\n')}\n`
}

function toUrl(bytes: Uint8Array): string {
  return toBase64(bytes).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')
}

/** Bytes of canonical base64url without padding, or undefined. */
function fromUrl(text: string): Uint8Array | undefined {
  if (text.length !== SLIP_CHARS || !/^[A-Za-z0-9_-]*$/.test(text)) return undefined
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0))
  return equalBytes(utf8(toUrl(bytes)), utf8(text)) ? bytes : undefined
}
