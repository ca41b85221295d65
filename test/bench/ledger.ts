import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyEd25519 } from '../../range/ledger/ed25519.ts'
import { formatProof, verifyProof } from '../../range/ledger/proof.ts'
import { formatCheckpoint, signNote } from '../../range/ledger/checkpoint.ts'
import { leafOf, openingOf } from '../../range/ledger/leaf.ts'
import { sha256 } from '../../range/ledger/sha256.ts'
import { hashLeaf, Tree } from '../../range/ledger/tree.ts'
import type { Log } from '../../range/server/ledger/log.ts'
import { nativeSha256, nativeTools } from '../../range/server/ledger/native.ts'
import { openLog } from '../../range/server/ledger/open.ts'
import { signerFromSeed } from '../../range/server/ledger/signer.ts'
import { BENCH_ENTRY, BENCH_LOG } from './ledger-entry.ts'
import { hypercoreFigures, loadElsewhere, postgresFigures, sqliteFigure } from './ledger-peer.ts'

/** What one load reached. */
export interface LedgerFigure {
  readonly inFlight: number
  readonly appendsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Processor time an append cost, all threads; tells more than the clock on a busy machine. */
  readonly cpuMicros: number
  /** Appends a second of the main thread's processor time: what one core reaches. */
  readonly perCoreSecond: number
}

const MILLION = 1_000_000

export interface LedgerBench {
  /** Where every entry's signature is checked, if at all. */
  readonly signed?: 'here' | 'pool'
  readonly seconds?: number
  readonly root?: string
}

/**
 * Durable appends a second with 1, 64 and 256 in flight, `seconds` each, in a fresh folder of
 * `root`. With `signed` every entry's Ed25519 signature is checked before it is taken.
 */
export async function benchLedger(
  { signed, seconds = 2, root = tmpdir() }: LedgerBench = {},
  loads: readonly number[] = [1, 64, 256],
): Promise<LedgerFigure[]> {
  const figures: LedgerFigure[] = []
  for (const inFlight of loads) {
    const dir = mkdtempSync(join(root, 'doorstep-bench-'))
    const log = await openLog(dir, { ...BENCH_LOG, leavesPerTick: 16 })
    figures.push(await load(log, { inFlight, seconds, check: signed && CHECKS[signed]() }))
    await log.close()
    rmSync(dir, { recursive: true, force: true })
  }
  return figures
}

/** Checks that are under way in libuv's pool at once, at most. */
const CHECKS_MAX = 16

/**
 * `checkSignature` in libuv's pool, so that other threads check while this one writes. An entry is
 * handed in when its own check and those of all before it are done, so that their order stays.
 */
function checkElsewhere(): () => Promise<void> {
  const check = signedActors()
  const waiting: (() => void)[] = []
  let underway = 0
  let before: Promise<void> = Promise.resolve()
  const checked = async (): Promise<void> => {
    if (underway >= CHECKS_MAX) await new Promise<void>((resolve) => waiting.push(resolve))
    else underway += 1
    const { message, publicKey, signature } = check()
    const good = await new Promise<boolean>((resolve, reject) => {
      verify(null, message, publicKey, signature, (error, result) =>
        error === null ? resolve(result) : reject(error),
      )
    })
    const next = waiting.shift()
    if (next === undefined) underway -= 1
    else next()
    if (!good) throw new Error('a bad signature')
  }
  return () => {
    const [own, earlier] = [checked(), before]
    before = earlier.then(() => own)
    return before
  }
}

/** The same entry, signed by another of 32 actors each time. */
function signedActors() {
  const message = Buffer.from(JSON.stringify(BENCH_ENTRY))
  const actors = Array.from({ length: 32 }, () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    return { publicKey, signature: sign(null, message, privateKey) }
  })
  let next = 0
  return () => ({ message, ...actors[next++ % actors.length]! })
}

/** Checks the signature of the same entry by another of 32 actors each time. */
function checkSignature(): () => void {
  const signed = signedActors()
  return () => {
    const { message, publicKey, signature } = signed()
    if (!verify(null, message, publicKey, signature)) throw new Error('a bad signature')
  }
}

const CHECKS = { here: checkSignature, pool: checkElsewhere }

async function load(
  log: Log,
  how: { inFlight: number; seconds: number; check: (() => void | Promise<void>) | undefined },
): Promise<LedgerFigure> {
  const waits: number[] = []
  const [cpu, own] = [process.cpuUsage(), process.threadCpuUsage()]
  const start = performance.now()
  const end = start + how.seconds * 1000
  async function client(): Promise<void> {
    for (let at = performance.now(); at < end && waits.length < 240_000; at = performance.now()) {
      const checked = how.check?.()
      if (checked !== undefined) await checked
      await log.append([BENCH_ENTRY])
      waits.push(performance.now() - at)
    }
  }
  await Promise.all(Array.from({ length: how.inFlight }, client))
  const elapsed = (performance.now() - start) / 1000
  const sum = ({ user, system }: { user: number; system: number }) => user + system
  const [all, main] = [sum(process.cpuUsage(cpu)), sum(process.threadCpuUsage(own))]
  waits.sort((a, b) => a - b)
  const at = (share: number) =>
    Math.round((waits[Math.floor(waits.length * share)] ?? 0) * 100) / 100
  return {
    inFlight: how.inFlight,
    appendsPerSecond: Math.round(waits.length / elapsed),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    cpuMicros: Math.round((all / waits.length) * 10) / 10,
    perCoreSecond: Math.round(waits.length / (main / 1e6)),
  }
}

/** Signatures that are checked a second of processor time, with nothing else done. */
function checksAlone(): { readonly perCoreSecond: number } {
  const check = checkSignature()
  for (let i = 0; i < 500; i++) check()
  const own = process.threadCpuUsage()
  for (let i = 0; i < 5000; i++) check()
  const { user, system } = process.threadCpuUsage(own)
  return { perCoreSecond: Math.round(5000 / ((user + system) / 1e6)) }
}

/** The proof of one entry in a million: its path, and how long it takes to verify. */
function proofFigure() {
  const opening = openingOf(new Uint8Array(32).fill(7), BENCH_ENTRY)
  const leaf = hashLeaf(leafOf(opening, nativeSha256)!, nativeSha256)
  const tree = new Tree(nativeSha256)
  for (let i = 0; i < MILLION; i++) tree.push(leaf)
  const signer = signerFromSeed('doorstep.local/bench', Buffer.alloc(32, 1))
  const head = { origin: 'doorstep.local/bench', size: MILLION, root: tree.root() }
  const checkpoint = signNote(formatCheckpoint(head), signer, nativeSha256)
  const index = 777_777
  const path = tree.inclusion(index)
  const proof = formatProof({ opening, index, path, checkpoint })
  const ms = (tools: typeof nativeTools) => {
    const times = Array.from({ length: 200 }, () => {
      const start = performance.now()
      if (!verifyProof(proof, signer.vkey, tools).ok) throw new Error('the proof does not hold')
      return performance.now() - start
    }).sort((a, b) => a - b)
    return Math.round(times[100]! * 1000) / 1000
  }
  return {
    hashes: path.length,
    pathBytes: path.length * 32,
    proofFileBytes: proof.length,
    verifyMsNative: ms(nativeTools),
    verifyMsPlain: ms({ sha256, verify: verifyEd25519 }),
  }
}

/**
 * Fills logs of each size in processes of their own, without and with Gun's replica, and opens the
 * largest again.
 */
async function sizeFigures(sizes: readonly number[]) {
  const rows = []
  for (const size of sizes) {
    const dir = mkdtempSync(join(tmpdir(), 'doorstep-bench-'))
    rows.push({ filled: await loadElsewhere(['fill', dir, String(size)]) })
    if (size === sizes.at(-1)) rows.push({ recovered: await loadElsewhere(['recover', dir]) })
    rmSync(dir, { recursive: true, force: true })
    const shared = mkdtempSync(join(tmpdir(), 'doorstep-bench-'))
    rows.push({ shared: await loadElsewhere(['share', shared, String(size)]) })
    rmSync(shared, { recursive: true, force: true })
  }
  return rows
}

if (import.meta.main) {
  const say = (what: string, figures: object) =>
    process.stdout.write(`${what} ${JSON.stringify(figures)}\n`)
  for (const figure of await benchLedger()) say('unsigned', figure)
  for (const inFlight of [1, 64, 256]) say('peer', sqliteFigure(inFlight, 2))
  for (const figure of postgresFigures([1, 64, 256], 5)) say('peer', figure)
  for (const figure of await hypercoreFigures([1, 64, 256], 2)) say('peer', figure)
  for (const figure of await benchLedger()) say('unsigned, again', figure)
  for (const figure of await benchLedger({ signed: 'here' }, [256])) say('signed', figure)
  for (const figure of await benchLedger({ signed: 'pool' }, [256])) {
    say('signed, checked in the pool, all processors', figure)
  }
  say('checks of signatures alone', checksAlone())
  say('one in a million', proofFigure())
  for (const row of await sizeFigures([10_000, 100_000, MILLION])) say('size', row)
}
