import {
  moveSignature,
  moveText,
  type MoveSignature,
  type SignedMove,
} from '../ledger/move-seal.ts'
import { formatDidKey } from '../ledger/did-key.ts'
import { oneTable } from './one-table.ts'

/** Signs a seat's moves; undefined where it cannot: the move is then sent as it is. */
export interface MoveSigner {
  sign(move: SignedMove): Promise<MoveSignature | undefined>
}

/** A seat's key in this browser: its secret half cannot be taken out. */
export interface MoveKey {
  readonly publicKey: Uint8Array
  readonly secret: CryptoKey
}

const seatKeys = oneTable('doorstep-moves', 'keys')
/** Nobody waits longer for a signature; a browser that needs more signs no more. */
const SIGN_MS = 2000

/**
 * Signs with a key that this browser keeps for an exercise and seat, made with the first move. Only
 * in secure contexts that have Ed25519 and IndexedDB; elsewhere, and after any failure, it signs
 * nothing more while the page is open.
 */
export function browserMoveSigner(exercise: string): MoveSigner {
  let able = isSecureContext && typeof indexedDB !== 'undefined'
  const keys = new Map<string, Promise<MoveKey>>()
  return {
    async sign(move) {
      if (!able) return undefined
      try {
        const key = keys.get(move.seat) ?? seatKey(exercise, move.seat)
        keys.set(move.seat, key)
        return await inTime(SIGN_MS, signWith(key, move))
      } catch {
        able = false
        return undefined
      }
    },
  }
}

async function signWith(
  key: Promise<MoveKey>,
  move: SignedMove,
): Promise<MoveSignature | undefined> {
  const text = moveText(move)
  if (text === undefined) return undefined
  const { publicKey, secret } = await key
  const signature = await crypto.subtle.sign('Ed25519', secret, text as BufferSource)
  return moveSignature(publicKey, new Uint8Array(signature))
}

/** The did:keys that this browser holds for an exercise, by seat; none where it keeps none. */
export async function heldMoveKeys(exercise: string): Promise<ReadonlyMap<string, string>> {
  const held = new Map<string, string>()
  try {
    const names = await seatKeys.within('readonly', (table) => table.getAllKeys())
    for (const name of names) {
      const [of, seat = ''] = String(name).split('/')
      if (of !== exercise) continue
      const key = await seatKeys.within(
        'readonly',
        (table) => table.get(name) as IDBRequest<MoveKey>,
      )
      const did = formatDidKey(key.publicKey)
      if (did !== undefined) held.set(seat, did)
    }
  } catch {
    // A browser that keeps nothing holds no key.
  }
  return held
}

/** The key that is kept, or a fresh one: of two tabs the first to store one decides. */
async function seatKey(exercise: string, seat: string): Promise<MoveKey> {
  const name = `${exercise}/${seat}`
  const read = (table: IDBObjectStore) => table.get(name) as IDBRequest<MoveKey | undefined>
  const kept = await seatKeys.within('readonly', read)
  if (kept !== undefined) return kept
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  const fresh: MoveKey = { publicKey, secret: pair.privateKey }
  const other = await seatKeys.within('readwrite', (table) => {
    const known = read(table)
    known.onsuccess = () => {
      if (known.result === undefined) table.put(fresh, name)
    }
    return known
  })
  return other ?? fresh
}

function inTime<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('too slow')), ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
