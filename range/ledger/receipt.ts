import { equalBytes, fromBase64, parseDecimal, toBase64, type Sha256 } from './bytes.ts'
import {
  parseNote,
  parseVkey,
  refusalOf,
  signNote,
  type Signer,
  type VerifySignature,
} from './checkpoint.ts'
import { leafOf, LEAF_BYTES, parseOpening, type Opening } from './leaf.ts'

/**
 * Leaves the record may grow by before an acknowledged entry must be among them: about a minute of
 * the exercise, or as many of these steps as entries wait already. At the end nothing may be
 * missing at all.
 */
export const MERGE_LEAVES = 1024
/** A log lets no more entries wait. */
const WITHIN_MAX = 1024 * MERGE_LEAVES

const HEAD = 'doorstep-receipt/v1'

/**
 * The log's signed promise to an actor: this leaf is durable, and will stand at `from` or later.
 * It names no index, which would tell how much others did meanwhile.
 */
export interface Receipt {
  readonly origin: string
  /** Size published when the entry was acknowledged. */
  readonly from: number
  /** Leaves after `from` among which it will be: whole MERGE_LEAVES, so that it is coarse. */
  readonly within: number
  /** The sealed leaf, LEAF_BYTES long. */
  readonly leaf: Uint8Array
}

/** An actor's place in its own chain, inside the sealed entry. */
export interface Link {
  /** How many entries of this actor came before. */
  readonly seq: number
  /** Base64 of the actor's previous leaf; null for the first. */
  readonly prev: string | null
}

export type ReceiptError =
  | 'receipt-malformed'
  | 'key-malformed'
  | 'wrong-origin'
  | 'unknown-key'
  | 'bad-signature'
  | 'opening-malformed'
  | 'other-entry'

export type ReceiptResult =
  | {
      readonly ok: true
      readonly receipt: Receipt
      readonly opening: Opening
      /** Null where the entry belongs to no chain. */
      readonly link: Link | null
    }
  | { readonly ok: false; readonly code: ReceiptError }

/** A receipt as a C2SP signed note; its first line keeps it from being read as a checkpoint. */
export function signReceipt(receipt: Receipt, signer: Signer, sha256: Sha256): string {
  const { origin, from, within, leaf } = receipt
  const text = [HEAD, origin, from, within, toBase64(leaf), ''].join('\n')
  return signNote(text, signer, sha256)
}

/** The promise for an entry at `index` while `from` leaves are published. */
export function withinFor(index: number, from: number): number {
  return MERGE_LEAVES * (1 + Math.floor((index - from) / MERGE_LEAVES))
}

/**
 * Whether a receipt is signed under `vkey` and its leaf is the seal of `opening` (one line of
 * JSON). That the leaf is in the log is for `standing` to say.
 */
export function verifyReceipt(
  note: string,
  opening: string,
  vkey: string,
  tools: { readonly sha256: Sha256; readonly verify: VerifySignature },
): ReceiptResult {
  const refuse = (code: ReceiptError): ReceiptResult => ({ ok: false, code })
  const key = parseVkey(vkey, tools.sha256)
  if (key === undefined) return refuse('key-malformed')
  const parsed = parseNote(note)
  const receipt = parsed && parseReceipt(parsed.text)
  if (parsed === undefined || receipt === undefined) return refuse('receipt-malformed')
  if (receipt.origin !== key.name) return refuse('wrong-origin')
  const refusal = refusalOf(parsed, key, tools.verify)
  if (refusal !== undefined) return refuse(refusal)
  const opened = parseOpening(opening)
  const leaf = opened && leafOf(opened, tools.sha256)
  if (opened === undefined || leaf === undefined) return refuse('opening-malformed')
  if (!equalBytes(leaf, receipt.leaf)) return refuse('other-entry')
  return { ok: true, receipt, opening: opened, link: linkOf(opened) }
}

function parseReceipt(text: string): Receipt | undefined {
  const [head, origin, fromText = '', withinText = '', leafText = '', end, ...more] =
    text.split('\n')
  const from = parseDecimal(fromText)
  const within = parseDecimal(withinText)
  const leaf = fromBase64(leafText)
  if (head !== HEAD || origin === undefined || from === undefined || more.length > 0)
    return undefined
  if (within === undefined || within % MERGE_LEAVES !== 0 || within > WITHIN_MAX || within === 0)
    return undefined
  return leaf?.length === LEAF_BYTES && end === '' ? { origin, from, within, leaf } : undefined
}

/** The chain's link inside an entry; null where there is none or it is malformed. */
export function linkOf({ entry }: Opening): Link | null {
  const { chain } = entry as { chain?: { seq?: unknown; prev?: unknown } }
  if (typeof chain !== 'object' || chain === null) return null
  const { seq, prev } = chain
  if (!Number.isSafeInteger(seq) || (seq as number) < 0) return null
  return prev === null || typeof prev === 'string' ? { seq: seq as number, prev } : null
}

/** What a receipt and the one held before it say together; `gap`: some between were not kept. */
export function follows(
  before: { readonly link: Link; readonly leaf: Uint8Array } | null,
  link: Link,
): 'next' | 'gap' | 'broken' {
  if (before === null) return link.seq === 0 ? (link.prev === null ? 'next' : 'broken') : 'gap'
  if (link.seq > before.link.seq + 1) return 'gap'
  const next = link.seq === before.link.seq + 1 && link.prev === toBase64(before.leaf)
  return next ? 'next' : 'broken'
}

/**
 * Where a receipt's leaf stands. `leaves` are those of the checked tree from `receipt.from` on, up
 * to `size`; `ended` where the log is sealed at that size. `unlogged`: the promise is broken, and
 * receipt and checkpoint together show it to anybody.
 */
export function standing(
  receipt: Receipt,
  leaves: readonly Uint8Array[],
  { size, ended }: { readonly size: number; readonly ended: boolean },
): { readonly state: 'logged'; readonly index: number } | { readonly state: 'due' | 'unlogged' } {
  const at = leaves.findIndex((leaf) => equalBytes(leaf, receipt.leaf))
  if (at >= 0) return { state: 'logged', index: receipt.from + at }
  return { state: ended || size >= receipt.from + receipt.within ? 'unlogged' : 'due' }
}
