import { MoveJudge, type MoveVerdict } from '../../ledger/move-seal.ts'
import { nativeVerify } from './native.ts'
import { openedLeaf } from './openings.ts'

/** What the opened entries of a log say of the moves that players sent. */
export interface SignedMoves {
  /** Good signatures, by so many seats. */
  readonly signed: number
  readonly players: number
  /** Moves without a signature, and those of them whose seat had signed before. */
  readonly unsigned: number
  readonly lapsed: number
  /** The first that does not hold. */
  readonly forged?: {
    readonly index: number
    readonly seat: string
    readonly why: Extract<MoveVerdict, { state: 'forged' }>['why']
  }
}

/** Judges each move in the lines of `openings.jsonl` below `size`; undefined without any. */
export function signedMoves(
  openings: string,
  origin: string,
  size: number,
): SignedMoves | undefined {
  const judge = new MoveJudge(origin, nativeVerify)
  const players = new Set<string>()
  let forged: SignedMoves['forged']
  let [signed, unsigned, lapsed] = [0, 0, 0]
  for (const line of openings.split('\n')) {
    if (!line.includes('"Moved"')) continue
    const opened = openedLeaf(line)
    if (opened === undefined || opened.index >= size) continue
    const verdict = judge.judge((JSON.parse(line) as { entry?: unknown }).entry)
    if (verdict?.state === 'signed') {
      signed++
      players.add(verdict.seat)
    } else if (verdict?.state === 'unsigned') {
      unsigned++
      if (players.has(verdict.seat)) lapsed++
    } else if (verdict !== undefined) {
      forged ??= { index: opened.index, seat: verdict.seat, why: verdict.why }
    }
  }
  if (signed + unsigned === 0 && forged === undefined) return undefined
  return { signed, players: players.size, unsigned, lapsed, ...(forged && { forged }) }
}
