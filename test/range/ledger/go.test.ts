import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { equalBytes } from '../../../range/ledger/bytes.ts'
import { verifyCheckpoint } from '../../../range/ledger/checkpoint.ts'
import { verifyProof } from '../../../range/ledger/proof.ts'
import { climb, hashLeaf, provesConsistency } from '../../../range/ledger/tree.ts'
import { handleLedgerRequest } from '../../../range/server/ledger/http.ts'
import type { Log } from '../../../range/server/ledger/log.ts'
import { nativeSha256, nativeTools } from '../../../range/server/ledger/native.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import type { PublishedLog } from '../../../range/server/ledger/published.ts'
import { ask, buildJudge, findGo } from './go-tools.ts'
import { entry, freshDir, LIVE, quickDisk } from './rig.ts'

// Another language's libraries, written by others, judge what our log says: Go's x/mod sumdb/note
// and sumdb/tlog. They know nothing of Doorstep.
const go = await findGo()
if (typeof go === 'string') process.stderr.write(`SKIPPED, Go does not judge the ledger: ${go}\n`)

interface Pair {
  readonly oldSize: number
  readonly oldRoot: string
  readonly newSize: number
  readonly newRoot: string
  readonly path: readonly string[]
}

interface Answer {
  readonly log: { readonly size: number; root: string; leaves: number; error: string }
  readonly notes: readonly string[]
  readonly proofs: readonly string[]
  readonly consistency: readonly string[]
  readonly made: {
    readonly vkey: string
    readonly note: string
    readonly records: readonly { index: number; leaf: string; path: readonly string[] }[]
    readonly consistency: readonly Pair[]
  }
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))

describe.skipIf(typeof go === 'string')("Go's sumdb/note and sumdb/tlog", () => {
  const folder = mkdtempSync(join(tmpdir(), 'doorstep-go-'))
  const logs = new Map<string, PublishedLog>()
  const server = createServer((req, res) => {
    if (!handleLedgerRequest(req, res, logs)) res.writeHead(418).end()
  })
  let judge = ''
  let base = ''

  beforeAll(async () => {
    if (typeof go === 'string') return
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ledger`
    judge = await buildJudge(go, folder)
  }, 180_000)

  afterAll(() => {
    server.close()
    server.closeAllConnections()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A log grown in steps, with a consistency claim from each of its published sizes. */
  async function grown(size: number, step: number) {
    const origin = 'simulated/judged'
    const log = await openLog(freshDir(), { origin, mode: { seed: `${size}` }, disk: quickDisk })
    const heads = []
    for (let n = 0; n < size; n += step) {
      await log.append(Array.from({ length: Math.min(step, size - n) }, (_, i) => entry(n + i)))
      await log.publish(n)
      heads.push(log.head())
    }
    logs.set(`n${size}`, log)
    return { log, pairs: heads.map((older) => pairFrom(log, older)) }
  }

  it.each([
    [1, 1],
    [7, 2],
    [256, 100],
    [700, 37],
    [66_000, 3301],
  ])(
    '[L1] [L4] read a log of %i leaves over HTTP, and agree on root, tiles and bundles',
    async (size, step) => {
      const { log, pairs } = await grown(size, step)
      const places = [0, 1, 254, 255, 256, size - 257, size - 2, size - 1]
      const proofs = places.filter((i) => i >= 0 && i < size).map((i) => log.prove(i)!)
      const question = {
        from: `${base}/n${size}`,
        vkey: log.vkey,
        notes: [log.checkpoint!],
        proofs,
      }
      const answer = await ask<Answer>(judge, { ...question, consistency: pairs })
      expect(answer.log).toEqual({ size, root: log.head(size).root, leaves: size, error: '' })
      expect(answer.notes).toEqual([''])
      expect(answer.proofs).toEqual(proofs.map(() => ''))
      expect(answer.consistency).toEqual(pairs.map(() => ''))
      await log.close()
    },
    60_000,
  )

  it('[L2] [L3] [L11] call good what we call good, and bad what we call bad', async () => {
    const { log, pairs } = await grown(300, 90)
    const others = (await grown(301, 301)).log.checkpoint!
    const cosigned = `${log.checkpoint!}— witness.example ${base64(new Uint8Array(76))}\n`
    const notes = [...spoilt(log.checkpoint!), others, cosigned]
    const proofs = spoilt(log.prove(200)!)
    const consistency = pairs.flatMap(spoiltPairs)
    const question = { from: `${base}/n300`, vkey: log.vkey, notes, proofs, consistency }
    const answer = await ask<Answer>(judge, question)
    const good = (said: readonly string[]) => said.map((reason) => reason === '')
    const ours = notes.map((note) => verifyCheckpoint(note, log.vkey, nativeTools).ok)
    expect(good(answer.notes)).toEqual(ours)
    expect(good(answer.proofs)).toEqual(
      proofs.map((proof) => verifyProof(proof, log.vkey, nativeTools).ok),
    )
    expect(good(answer.consistency)).toEqual(consistency.map(weFindConsistent))
    for (const said of [answer.notes, answer.proofs, answer.consistency]) {
      expect(new Set(good(said))).toEqual(new Set([true, false]))
    }
  })

  it('[L4] find a changed leaf, tile and head in files', async () => {
    const dir = freshDir()
    const log = await openLog(dir, LIVE)
    for (let tick = 0; tick < 40; tick++) await log.publish(tick)
    await log.close()
    const question = { from: join(dir, 'ledger'), vkey: log.vkey, proofs: [], consistency: [] }
    const judged = async () => (await ask<Answer>(judge, { ...question, notes: [] })).log
    expect(await judged()).toMatchObject({ size: 640, leaves: 640, error: '' })
    for (const [name, at, said] of [
      ['tile/entries/001', 35 * 9 + 20, 'leaf 265 is another one'],
      ['tile/0/002.p/128', 32 * 5, 'downloaded inconsistent tile'],
      ['checkpoint', 60, 'invalid signature'],
    ] as const) {
      const path = join(dir, 'ledger', name)
      const whole = readFileSync(path)
      const bent = Buffer.from(whole)
      bent[at]! ^= 1
      writeFileSync(path, bent)
      expect((await judged()).error).toContain(said)
      writeFileSync(path, whole)
    }
  })

  it('[L1] [L2] [L3] [L11] make a log of their own, and we agree with every proof of it', async () => {
    const { log } = await grown(2, 2)
    const question = { from: `${base}/n2`, vkey: log.vkey, notes: [], proofs: [], consistency: [] }
    const { made } = await ask<Answer>(judge, question)
    const head = verifyCheckpoint(made.note, made.vkey, nativeTools)
    expect(head).toMatchObject({ ok: true, checkpoint: { origin: 'go.example/log', size: 300 } })
    if (!head.ok) return
    for (const { index, leaf, path } of made.records) {
      const hash = hashLeaf(Buffer.from(leaf), nativeSha256)
      const steps = climb(index, 300, hash, path.map(bytesOf), nativeSha256)
      expect(equalBytes(steps!.at(-1)!.result, head.checkpoint.root)).toBe(true)
    }
    expect(made.records).toHaveLength(300)
    expect(made.consistency.filter(weFindConsistent)).toHaveLength(300)
  })
})

function pairFrom(log: Log, older: { readonly size: number; readonly root: string }): Pair {
  const { size, root } = log.head()
  const path = log.consistency(older.size).map(base64)
  return { oldSize: older.size, oldRoot: older.root, newSize: size, newRoot: root, path }
}

function weFindConsistent(pair: Pair): boolean {
  const older = { size: pair.oldSize, root: bytesOf(pair.oldRoot) }
  const newer = { size: pair.newSize, root: bytesOf(pair.newRoot) }
  return provesConsistency(older, newer, pair.path.map(bytesOf), nativeSha256)
}

/** The text, and the text with one character of each line changed, and each line gone. */
function spoilt(text: string): string[] {
  const lines = text.split('\n')
  const changed = lines.map((line, i) => {
    const middle = line.length >> 1
    const other = line[middle] === 'A' ? 'B' : 'A'
    return lines.with(i, line.slice(0, middle) + other + line.slice(middle + 1)).join('\n')
  })
  return [text, ...changed, ...lines.map((_, i) => lines.toSpliced(i, 1).join('\n'))]
}

function spoiltPairs(pair: Pair): Pair[] {
  const bend = (text: string) => base64(bytesOf(text).with(7, bytesOf(text)[7]! ^ 1))
  return [
    pair,
    { ...pair, oldRoot: bend(pair.oldRoot) },
    { ...pair, newRoot: bend(pair.newRoot) },
    { ...pair, oldSize: pair.oldSize - 1 },
    { ...pair, newSize: pair.newSize + 1 },
    { ...pair, path: pair.path.slice(1) },
    { ...pair, path: [...pair.path, pair.oldRoot] },
    ...pair.path.map((hash, i) => ({ ...pair, path: pair.path.with(i, bend(hash)) })),
  ]
}
