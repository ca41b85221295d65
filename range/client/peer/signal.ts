import { fromBase64, toBase64, utf8, utf8Text, type Sha256 } from '../../ledger/bytes.ts'
import { isValueKey } from '../../ledger/replica.ts'

/** One end of a link between two browsers: all of a session description that two pages need. */
export interface PeerEnd {
  /** ICE user fragment and password (RFC 8839). */
  readonly ufrag: string
  readonly password: string
  /** Base64 of the SHA-256 of the end's DTLS certificate. */
  readonly fingerprint: string
  /** Where it listens on UDP: addresses of the local network, or `.local` names for them. */
  readonly hosts: readonly PeerHost[]
}

export interface PeerHost {
  readonly address: string
  readonly port: number
}

/** What one browser has carried to another, as text, as a picture or as a file. */
export type Signal =
  | {
      readonly kind: 'offer'
      readonly exercise: string
      /** The log's key, to be compared with the one that the other browser knows. */
      readonly vkey: string
      /** Key of the checkpoint's value that the offering browser holds a copy up to. */
      readonly checkpointKey: string
      readonly end: PeerEnd
    }
  | { readonly kind: 'answer'; readonly end: PeerEnd }

export type SignalRefusal =
  /** Nothing that one of our pages made. */
  | 'not-a-signal'
  /** Characters are missing or changed. */
  | 'damaged'
  /** It names an address outside the local network, which would be contacted. */
  | 'not-local'

export type SignalResult =
  | { readonly ok: true; readonly signal: Signal }
  | { readonly ok: false; readonly code: SignalRefusal }

/** Characters of a signal, and hosts it may name. */
export const SIGNAL_CHARS_MAX = 2000
const HOSTS_MAX = 8
const SUM_CHARS = 8

/**
 * A signal as words in one line: what it is, its parts, its hosts as `port/address`, and the
 * beginning of a hash, so that a letter lost on the way is noticed. Some 300 to 500 characters.
 */
export function formatSignal(signal: Signal, sha256: Sha256): string {
  const { ufrag, password, fingerprint, hosts } = signal.end
  const head =
    signal.kind === 'offer'
      ? ['doorstep-offer-1', signal.exercise, word(signal.vkey), signal.checkpointKey]
      : ['doorstep-answer-1']
  const ends = hosts.slice(0, HOSTS_MAX).map(({ address, port }) => `${port}/${address}`)
  const words = [...head, ufrag, password, fingerprint, ...ends]
  return [...words, sumOf(words, sha256)].join(' ')
}

/** Parses what somebody pasted; line breaks and further spaces, as mail adds them, do no harm. */
export function parseSignal(text: string, sha256: Sha256): SignalResult {
  const refuse = (code: SignalRefusal): SignalResult => ({ ok: false, code })
  if (text.length > SIGNAL_CHARS_MAX) return refuse('not-a-signal')
  const words = text.trim().split(/\s+/)
  const kind = /^doorstep-(offer|answer)-1$/.exec(words[0] ?? '')?.[1]
  if (kind === undefined) return refuse('not-a-signal')
  if (words.pop() !== sumOf(words, sha256)) return refuse('damaged')
  const [exercise = '', coded = '', checkpointKey = ''] = words.slice(1, 4)
  const end = parseEnd(words.slice(kind === 'offer' ? 4 : 1))
  if (end === undefined) return refuse('not-a-signal')
  if (!end.hosts.every(({ address }) => isLocal(address))) return refuse('not-local')
  if (kind === 'answer') return { ok: true, signal: { kind, end } }
  const vkey = unword(coded)
  const good = /^[\w-]{1,64}$/.test(exercise) && isValueKey(checkpointKey) && vkey !== undefined
  if (!good) return refuse('not-a-signal')
  return { ok: true, signal: { kind: 'offer', exercise, vkey, checkpointKey, end } }
}

/** Whether a parsed thing has the shape of an end: also asked of what comes out of the frame. */
export function isPeerEnd({ ufrag, password, fingerprint, hosts }: PeerEnd): boolean {
  const ice = /^[A-Za-z0-9+/]{4,64}$/.test(ufrag) && /^[A-Za-z0-9+/]{22,128}$/.test(password)
  if (!ice || !isValueKey(fingerprint) || hosts.length === 0 || hosts.length > HOSTS_MAX)
    return false
  return hosts.every(
    ({ address, port }) =>
      Number.isInteger(port) && port > 0 && port < 65_536 && /^[0-9A-Za-z.:-]{2,64}$/.test(address),
  )
}

/**
 * Whether an address cannot lead out of the local network: private, link-local and loopback ones,
 * and names ending in `.local`, which are asked for by multicast (RFC 1918, 3927, 4193, 6762).
 */
export function isLocal(address: string): boolean {
  if (/^[0-9A-Za-z-]{1,63}\.local$/.test(address)) return true
  const bytes = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1).map(Number)
  if (bytes !== undefined) {
    const [a = 256, b = 256] = bytes
    if (bytes.some((byte) => byte > 255)) return false
    if (a === 10 || a === 127 || (a === 169 && b === 254)) return true
    return (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168)
  }
  return /^(::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)[0-9a-f:]*$/i.test(address)
}

function parseEnd(words: readonly string[]): PeerEnd | undefined {
  const [ufrag = '', password = '', fingerprint = '', ...rest] = words
  const hosts = rest.map((one) => {
    const slash = one.indexOf('/')
    const digits = one.slice(0, slash)
    return { address: one.slice(slash + 1), port: /^\d{1,5}$/.test(digits) ? Number(digits) : 0 }
  })
  const end = { ufrag, password, fingerprint, hosts }
  return isPeerEnd(end) ? end : undefined
}

function sumOf(words: readonly string[], sha256: Sha256): string {
  return toBase64(sha256(utf8(words.join(' ')))).slice(0, SUM_CHARS)
}

/** A key's name may hold anything but spaces; as base64 it survives whatever carries the text. */
function word(vkey: string): string {
  return toBase64(utf8(vkey))
}
function unword(coded: string): string | undefined {
  const bytes = fromBase64(coded)
  const vkey = bytes === undefined ? undefined : utf8Text(bytes)
  return vkey === undefined || vkey === '' || /\s/.test(vkey) ? undefined : vkey
}
