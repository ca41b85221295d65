import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { bytesToHex } from '@noble/hashes/utils.js'
import { parseWitnessVkey } from '../../ledger/cosignature.ts'
import { nativeSha256 } from './native.ts'

/** Whose browser, or whose machine, a witness is. */
export type WitnessKind = 'trainer' | 'player' | 'screen' | 'server'

export interface Enrolled {
  readonly vkey: string
  readonly kind: WitnessKind
  readonly publicKey: Uint8Array
}

export type RollRefusal = 'key-malformed' | 'key-taken' | 'full' | 'too-many-keys'

/** Seats whose browsers may witness one exercise, and keys one seat may have had. */
export const WITNESSES_MAX = 200
export const KEYS_PER_SEAT_MAX = 8
const NAME = /^[a-z0-9][a-z0-9./-]{0,63}$/
const KINDS: readonly WitnessKind[] = ['trainer', 'player', 'screen', 'server']

/**
 * The keys that count for one exercise: those of its seats, one a seat (a wiped browser brings a
 * new one, and the old one counts no more), and those of named servers. Kept in `file`, one line of
 * JSON a key, so that a restart forgets none.
 */
export class WitnessRoll {
  readonly #file: string | undefined
  readonly #bySeat = new Map<string, Enrolled>()
  readonly #keysOf = new Map<string, number>()
  readonly #named: readonly Enrolled[]
  readonly #owner = new Map<string, string>()

  /** `named` are witness keys (`makeWitnessVkey`); malformed ones are left out. */
  constructor(named: readonly string[], file?: string) {
    this.#named = named.flatMap((vkey) => {
      const key = parseWitnessVkey(vkey, nativeSha256)
      return key === undefined ? [] : [{ vkey, kind: 'server' as const, publicKey: key.publicKey }]
    })
    for (const { publicKey } of this.#named) this.#owner.set(bytesToHex(publicKey), 'server')
    this.#file = file
    for (const row of file === undefined ? [] : storedRows(file)) {
      this.#take(row.seat, row.kind, row.vkey)
    }
  }

  /**
   * Takes a seat's key in; the same one again changes nothing. Without `told` (nobody knows any
   * more what the seat was) its earlier keys tell, else it is a player's.
   */
  enrol(seat: string, told: WitnessKind | undefined, vkey: string): 'ok' | RollRefusal {
    const before = this.#bySeat.get(seat)
    if (before?.vkey === vkey) return 'ok'
    const kind = told ?? before?.kind ?? 'player'
    const taken = this.#take(seat, kind, vkey)
    if (taken === 'ok' && this.#file !== undefined) {
      appendFileSync(this.#file, `${JSON.stringify({ seat, kind, vkey })}\n`)
    }
    return taken
  }

  /** All whose cosignatures count, named servers first, then trainers. */
  all(): readonly Enrolled[] {
    const seats = [...this.#bySeat.values()]
    const rank = ({ kind }: Enrolled): number => KINDS.indexOf(kind)
    return [...this.#named, ...seats.sort((a, b) => rank(a) - rank(b))]
  }

  #take(seat: string, kind: WitnessKind, vkey: string): 'ok' | RollRefusal {
    const key = parseWitnessVkey(vkey, nativeSha256)
    if (key === undefined || !NAME.test(key.name)) return 'key-malformed'
    const identity = bytesToHex(key.publicKey)
    // A key stays its first owner's for good, also once a newer one has replaced it.
    if (this.#owner.has(identity)) return 'key-taken'
    const had = this.#keysOf.get(seat) ?? 0
    if (had === 0 && this.#bySeat.size >= WITNESSES_MAX) return 'full'
    if (had >= KEYS_PER_SEAT_MAX) return 'too-many-keys'
    this.#keysOf.set(seat, had + 1)
    this.#owner.set(identity, seat)
    this.#bySeat.set(seat, { vkey, kind, publicKey: key.publicKey })
    return 'ok'
  }
}

function storedRows(file: string): { seat: string; kind: WitnessKind; vkey: string }[] {
  if (!existsSync(file)) return []
  const rows = []
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    try {
      const { seat, kind, vkey } = JSON.parse(line) as Record<string, unknown>
      const known = KINDS.find((one) => one === kind)
      if (typeof seat !== 'string' || typeof vkey !== 'string' || known === undefined) continue
      rows.push({ seat, kind: known, vkey })
    } catch {
      continue
    }
  }
  return rows
}
