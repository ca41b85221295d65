import { parseCheckpoint, parseNote, verifyCheckpoint } from '../ledger/checkpoint.ts'
import { parseWitnessVkey } from '../ledger/cosignature.ts'
import { verifyEd25519 } from '../ledger/ed25519.ts'
import { verifyForkProof } from '../ledger/fork-proof.ts'
import { isWitnessed, majority } from '../ledger/quorum.ts'
import { sha256 } from '../ledger/sha256.ts'

export const WITNESS_KINDS = ['trainer', 'server', 'player', 'screen'] as const
export type WitnessKind = (typeof WITNESS_KINDS)[number]

/** Who cosigned one checkpoint, checked in this browser. */
export interface Signed {
  readonly size: number
  /** Witnesses of each kind, and how many of them cosigned. */
  readonly kinds: readonly {
    readonly kind: WitnessKind
    readonly of: number
    readonly by: number
  }[]
  readonly by: number
  /** Whether the quorum is reached, with the trainer or a named server among them. */
  readonly ok: boolean
  readonly named: boolean
}

/** How a log is witnessed, as far as this browser can check it. */
export interface WitnessedBy {
  readonly of: number
  readonly quorum: number
  /** Keys of trainer and named servers, to be compared with what was seen before. */
  readonly named: readonly string[]
  readonly newest: Signed | undefined
  /** The newest that reached its quorum. */
  readonly best: Signed | undefined
  /** A fork proof that holds under the log's key, if the server has one. */
  readonly fork: string | undefined
}

/** Reads a path below `/ledger/<id>/`; undefined where nothing is there. */
export type ReadText = (name: string) => Promise<string | undefined>

const tools = { sha256, verify: verifyEd25519 }
const WITNESSES_MAX = 256

/**
 * Asks who witnesses the log and checks their cosignatures, the log's signature, and the fork proof
 * where there is one. The server's list of keys is believed only in so far as more keys make the
 * quorum larger; which key is the trainer's is for the reader to remember. Undefined where nothing
 * could be had. `now` is Unix milliseconds.
 */
export async function readWitnessed(
  read: ReadText,
  vkey: string,
  now: number,
): Promise<WitnessedBy | undefined> {
  const list = parseList(await read('witnesses'))
  if (list === undefined) return undefined
  const { rows } = list
  const [newest, best, fork] = await Promise.all([
    read('checkpoint'),
    list.witnessed ? read('witnessed') : undefined,
    list.fork ? read('fork-proof') : undefined,
  ])
  const quorum = majority(rows.length)
  const named = rows.filter(({ kind }) => kind === 'trainer' || kind === 'server')
  const parts = { rows, quorum, vkey, now, named: named.map((row) => row.vkey) }
  const proven = fork !== undefined && verifyForkProof(fork, vkey, tools).ok
  return {
    of: rows.length,
    quorum,
    named: parts.named,
    newest: newest === undefined ? undefined : signedBy(newest, parts),
    best: best === undefined ? undefined : signedBy(best, parts),
    fork: proven ? fork : undefined,
  }
}

interface Row {
  readonly vkey: string
  readonly kind: WitnessKind
}

function signedBy(
  note: string,
  parts: {
    readonly rows: readonly Row[]
    readonly quorum: number
    readonly vkey: string
    readonly now: number
    readonly named: readonly string[]
  },
): Signed | undefined {
  if (!verifyCheckpoint(note, parts.vkey, tools).ok) return undefined
  const { rows, quorum, named, now } = parts
  const policy = { witnesses: rows.map((row) => row.vkey), quorum, oneOf: named }
  const found = isWitnessed(note, policy, tools, now)
  const signers = new Set(found.by.map((one) => one.vkey))
  const kinds = WITNESS_KINDS.map((kind) => {
    const all = rows.filter((row) => row.kind === kind)
    return { kind, of: all.length, by: all.filter((row) => signers.has(row.vkey)).length }
  })
  const hasNamed = found.named && named.length > 0
  return {
    size: parseCheckpoint(parseNote(note)!.text)!.size,
    kinds: kinds.filter(({ of }) => of > 0),
    by: found.by.length,
    ok: found.ok && hasNamed,
    named: hasNamed,
  }
}

interface List {
  readonly rows: Row[]
  /** Whether there is one to be had; a server that hides it could as well not hand it out. */
  readonly witnessed: boolean
  readonly fork: boolean
}

function parseList(text: string | undefined): List | undefined {
  try {
    const { witnesses, witnessed, fork } = JSON.parse(text ?? '') as Record<string, unknown>
    if (!Array.isArray(witnesses) || witnesses.length > WITNESSES_MAX) return undefined
    const rows = witnesses.flatMap((one: Record<string, unknown>) => {
      const kind = WITNESS_KINDS.find((known) => known === one['kind'])
      const vkey = one['vkey']
      if (kind === undefined || typeof vkey !== 'string') return []
      return parseWitnessVkey(vkey, sha256) === undefined ? [] : [{ vkey, kind }]
    })
    return { rows, witnessed: typeof witnessed === 'number', fork: fork === true }
  } catch {
    return undefined
  }
}
