import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { verifyProof } from '../../ledger/proof.ts'
import { LedgerError } from '../ledger/error.ts'
import { inspectUrl } from '../ledger/inspect-url.ts'
import { inspectDir, type Inspection, type Problem } from '../ledger/inspect.ts'
import { nativeTools } from '../ledger/native.ts'
import { readPublished } from '../ledger/published.ts'
import type { SignedMoves } from '../ledger/signed-moves.ts'
import { readText } from './read-text.ts'

export interface LedgerVerifyOptions {
  readonly json?: boolean
  /** The verifier key to trust, as text or as the path of a `key.pub`. */
  readonly key?: string
}

/** Where lines go; tests catch them. */
export interface Output {
  readonly out: (line: string) => void
  readonly err: (line: string) => void
}

/** Standard output and standard error. */
export const terminal: Output = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
}

/**
 * `ledger verify DIR|URL|PROOF`: audits a log, or checks a proof file, and says what it found.
 * Returns the exit code: 0 unchanged, 1 changed (the entry is named), 2 misuse with one line on
 * standard error.
 */
export async function ledgerVerify(
  target: string,
  options: LedgerVerifyOptions = {},
  io: Output = terminal,
): Promise<number> {
  try {
    const key = readKey(options.key)
    if (existsSync(target) && statSync(target).isFile()) return verifyFile(target, key, options, io)
    const found = /^https?:\/\//.test(target)
      ? await inspectUrl(target, key)
      : inspectDir(target, key)
    report(found, options, io)
    return found.ok ? 0 : 1
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    io.err(`ledger verify: ${error.message}`)
    return 2
  }
}

/**
 * `ledger prove DIR INDEX [--out FILE]`: writes the proof file of a published entry. Returns the
 * exit code: 0 written, 1 where the log was changed, 2 misuse with one line on standard error.
 */
export function ledgerProve(
  dir: string,
  index: number,
  options: { readonly out?: string } = {},
  io: Output = terminal,
): number {
  try {
    const log = readPublished(dir)
    const proof = log.prove(index)
    if (proof === undefined) {
      const why = index < log.publishedSize ? 'its opening was erased' : 'it is not published'
      io.err(`ledger prove: there is no proof of entry ${index}: ${why}`)
      return 2
    }
    if (options.out === undefined) io.out(proof.trimEnd())
    else writeFileSync(options.out, proof)
    return 0
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    io.err(`ledger prove: ${error.message}`)
    return error.code === 'key-refused' || error.code === 'log-header' ? 2 : 1
  }
}

function verifyFile(
  path: string,
  key: string | undefined,
  options: LedgerVerifyOptions,
  io: Output,
): number {
  if (key === undefined) {
    io.err('ledger verify: a proof file needs the key of its log: --key KEY or --key FILE')
    return 2
  }
  const result = verifyProof(readFileSync(path, 'utf8'), key, nativeTools)
  if (options.json === true) {
    const { ok } = result
    const more = result.ok ? { index: result.index, entry: result.entry } : { code: result.code }
    io.out(JSON.stringify({ ok, ...more }))
  } else if (result.ok) {
    const { origin, size } = result.checkpoint
    io.out(`entry ${result.index} is in ${origin} at size ${size}`)
    io.out(JSON.stringify(result.entry))
  } else {
    io.out(`not proven: ${result.code}`)
  }
  return result.ok ? 0 : 1
}

function report(found: Inspection, options: LedgerVerifyOptions, io: Output): void {
  if (options.json === true) {
    io.out(JSON.stringify(found))
    return
  }
  for (const problem of found.problems) io.out(sentence(problem, found))
  const waiting =
    found.unsigned === 0 ? '' : `, ${found.unsigned} more are stored but not signed yet`
  const erased =
    found.erased === undefined ? '' : `, what ${found.erased} of them said was erased on request`
  io.out(
    found.ok
      ? `${found.origin}: all ${found.size} signed entries are unchanged${waiting}${erased}`
      : `${found.origin}: ${found.moves?.forged ? 'FORGED' : 'CHANGED'}, ${found.size} entries were signed`,
  )
  if (found.moves !== undefined) io.out(ofMoves(found.moves))
  io.out(`key ${found.vkey}`)
}

function ofMoves({ signed, players, unsigned, lapsed, forged }: SignedMoves): string {
  const good = forged === undefined ? ', all good' : ''
  const without = unsigned === 0 ? '' : `, ${unsigned} not signed`
  const after = lapsed === 0 ? '' : ` (${lapsed} of them after their seat had signed)`
  return `${counted(signed, 'move')} signed by ${counted(players, 'player')}${good}${without}${after}`
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

const FORGED = {
  'bad-signature': 'and its signature is not of that move',
  repeated: 'and was signed for once only',
  'too-many-keys': 'under a key too many',
} as const

function sentence(problem: Problem, { moves }: Inspection): string {
  const { code, index, frame, path } = problem
  switch (code) {
    case 'entry-changed':
      return `entry ${index} was changed`
    case 'entry-missing':
      return `entry ${index} is missing`
    case 'entry-reordered':
      return `entry ${index} stands in another place`
    case 'frame-changed':
      return `frame ${frame} of the log file was changed`
    case 'move-forged':
      return `entry ${index} is FORGED: a move in the name of ${moves!.forged!.seat}, ${FORGED[moves!.forged!.why]}`
    case 'tile-changed':
      return `${path} is not what the log says`
    case 'unlocated':
      return 'the stored entries do not lead to the signed root, and nothing left tells where'
    case 'checkpoint-missing':
      return 'there is no signed checkpoint'
    case 'checkpoint-malformed':
    case 'key-malformed':
    case 'wrong-origin':
    case 'unknown-key':
    case 'bad-signature':
      return `the checkpoint is refused: ${code}`
  }
}

/** A key as text, or out of its file. Throws as `readText` does. */
export function readKey(key: string | undefined): string | undefined {
  return key === undefined || !existsSync(key) ? key : readText(key).trim()
}
