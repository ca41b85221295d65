import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from '@playwright/test'
import { formatCheckpoint, signNote } from '../../range/ledger/checkpoint.ts'
import { leafOf, openingOf } from '../../range/ledger/leaf.ts'
import { formatProof } from '../../range/ledger/proof.ts'
import { hashLeaf, Tree } from '../../range/ledger/tree.ts'
import { nativeSha256 } from '../../range/server/ledger/native.ts'
import { openLog } from '../../range/server/ledger/open.ts'
import { signerFromSeed } from '../../range/server/ledger/signer.ts'
import { browserToUse } from '../e2e/browser.ts'
import { call, meet, openPeerTown, said, type PeerTown } from '../range/ledger/peer-town.ts'
import { BENCH_ENTRY, BENCH_LOG } from './ledger-entry.ts'

const MILLION = 1_000_000

/** Milliseconds of one way of getting a record, over some runs, each in a fresh browser context. */
export interface SyncFigure {
  readonly from: 'server, by Gun' | 'another browser, server gone'
  readonly entries: number
  readonly p50Ms: number
  readonly worstMs: number
  /** From the answer put in to the channel open; 0 from the server. */
  readonly meetP50Ms: number
  readonly runs: number
}

interface Copied {
  readonly ok: boolean
  readonly size: number
  readonly ms: number
  readonly code?: string
}

/** `entries` synced cold and fully verified in a real browser, from the server and from a peer. */
export async function benchSync(entries = 10_000, runs = 7): Promise<SyncFigure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'doorstep-bench-'))
  const log = await openLog(dir, BENCH_LOG)
  for (let i = 0; i < entries; i += 500) {
    await log.append(Array.from({ length: Math.min(500, entries - i) }, () => BENCH_ENTRY))
  }
  await log.publish(1)
  const town = await openPeerTown(log)
  const browser = await chromium.launch(await browserToUse())
  try {
    const served: number[] = []
    for (let run = 0; run < runs; run++) {
      const page = await openPage(browser, town)
      served.push((await copy(page, town, entries)).ms)
      await page.context().close()
    }
    const giver = await openPage(browser, town)
    await copy(giver, town, entries)
    const fresh: Page[] = []
    for (let run = 0; run < runs; run++) fresh.push(await openPage(browser, town))
    await town.end()
    const [meets, handed]: [number[], number[]] = [[], []]
    for (const page of fresh) {
      const begun = performance.now()
      await meet(giver, page, town.claim)
      meets.push(performance.now() - begun)
      handed.push((await copy(page, town, entries, 'peerOf()')).ms)
      await page.context().close()
    }
    return [
      figure('server, by Gun', entries, served, [0]),
      figure('another browser, server gone', entries, handed, meets),
    ]
  } finally {
    await browser.close()
    await town.end()
    rmSync(dir, { recursive: true, force: true })
  }
}

async function openPage(browser: Browser, town: PeerTown): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(town.url)
  await call(page, `start(${said(town.relay)})`)
  return page
}

async function copy(page: Page, town: PeerTown, size: number, peer = ''): Promise<Copied> {
  const got = await call<Copied>(page, `copyOf(${said(town.claim)}, ${peer || 'undefined'})`)
  if (!got.ok || got.size !== size) throw new Error(`not copied: ${got.code ?? got.size}`)
  return got
}

function figure(
  from: SyncFigure['from'],
  entries: number,
  times: readonly number[],
  meets: readonly number[],
): SyncFigure {
  const { p50Ms, worstMs } = spread(times)
  return { from, entries, p50Ms, worstMs, meetP50Ms: spread(meets).p50Ms, runs: times.length }
}

function spread(times: readonly number[]): { readonly p50Ms: number; readonly worstMs: number } {
  const sorted = times.toSorted((a, b) => a - b)
  const round = (ms: number): number => Math.round(ms * 10) / 10
  return {
    p50Ms: round(sorted[Math.floor(sorted.length / 2)] ?? NaN),
    worstMs: round(sorted.at(-1) ?? NaN),
  }
}

/** One entry in a million, shown to be in the log in a real browser: the first time, and then. */
export async function benchBrowserProof(runs = 200) {
  const opening = openingOf(new Uint8Array(32).fill(7), BENCH_ENTRY)
  const leaf = hashLeaf(leafOf(opening, nativeSha256)!, nativeSha256)
  const tree = new Tree(nativeSha256)
  for (let i = 0; i < MILLION; i++) tree.push(leaf)
  const { origin } = BENCH_LOG
  const signer = signerFromSeed(origin, Buffer.alloc(32, 1))
  const head = formatCheckpoint({ origin, size: MILLION, root: tree.root() })
  const checkpoint = signNote(head, signer, nativeSha256)
  const index = 777_777
  const proof = formatProof({ opening, index, path: tree.inclusion(index), checkpoint })
  const dir = mkdtempSync(join(tmpdir(), 'doorstep-bench-'))
  const log = await openLog(dir, BENCH_LOG)
  await log.publish(1)
  const town = await openPeerTown(log)
  const browser = await chromium.launch(await browserToUse())
  try {
    const page = await openPage(browser, town)
    const script = `proofTimes(${said(proof)}, ${said(signer.vkey)}, ${runs})`
    const times = await call<number[]>(page, script)
    const [first = NaN, ...later] = times
    return { firstMs: Math.round(first * 10) / 10, ...spread(later), runs }
  } finally {
    await browser.close()
    await town.end()
    rmSync(dir, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const say = (what: string, figures: object) =>
    process.stdout.write(`${what} ${JSON.stringify(figures)}\n`)
  say('machine', { cores: cpus().length, load: loadavg()[0] })
  for (const one of await benchSync()) say('synced and verified', one)
  say('one in a million, in the browser', await benchBrowserProof())
  say('machine', { cores: cpus().length, load: loadavg()[0] })
}
