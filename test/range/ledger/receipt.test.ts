import { describe, expect, it } from 'vitest'
import { checkOwnMoves } from '../../../range/client/own-moves.ts'
import { verifyEd25519 } from '../../../range/ledger/ed25519.ts'
import { formatOpening, leafOf, openingOf, type Opening } from '../../../range/ledger/leaf.ts'
import { linkOf, MERGE_LEAVES, signReceipt, verifyReceipt } from '../../../range/ledger/receipt.ts'
import { verifyCheckpoint } from '../../../range/ledger/checkpoint.ts'
import { parseTilePath } from '../../../range/ledger/tile.ts'
import { nativeSha256 as sha256 } from '../../../range/server/ledger/native.ts'
import type { Log } from '../../../range/server/ledger/log.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { signerFromSeed } from '../../../range/server/ledger/signer.ts'
import { freshDir, quickDisk } from './rig.ts'

const ORIGIN = 'doorstep.local/exercise/RECEIPT'
const key = signerFromSeed(ORIGIN, Buffer.alloc(32, 7))
const tools = { sha256, verify: verifyEd25519 }

interface Kept {
  readonly id: string
  readonly receipt: string
  readonly opening: string
}
const open = (dir = freshDir()): Promise<Log> =>
  openLog(dir, { origin: ORIGIN, mode: 'live', key, disk: quickDisk })

/** Hands in a move of a seat and keeps what the log gives for it. */
async function move(log: Log, by: string, id: string): Promise<Kept> {
  const { first } = await log.append([{ kind: 'input', by, id } as { kind: string }])
  return { id, ...log.receipt(first)! }
}
/** What a page could fetch of a log. */
const over = (log: Log) => (path: string) => {
  const name = path.replace('/ledger/x/', '')
  const tile = parseTilePath(name)
  const bytes = tile === undefined ? Buffer.from(log.checkpoint ?? '') : log.tile(tile)
  return Promise.resolve(bytes)
}
const check = (log: Log, kept: readonly Kept[], ended = false) =>
  checkOwnMoves({ ledger: 'x', vkey: key.vkey, ended, fetchPath: over(log) }, kept)
const openingOfKept = ({ opening }: Kept): Opening => JSON.parse(opening) as Opening
/** A promise that nobody means to keep. */
function falsely(from: number, entry: object): Kept {
  const opening = openingOf(Buffer.alloc(32, 9), { kind: 'input', ...entry } as { kind: string })
  const leaf = leafOf(opening, sha256)!
  return {
    id: 'z',
    receipt: signReceipt({ origin: ORIGIN, from, within: MERGE_LEAVES, leaf }, key, sha256),
    opening: formatOpening(opening)!,
  }
}

describe('receipts', () => {
  it('[L50] every move of an actor is found in the record by its receipt, which names no index', async () => {
    const log = await open()
    const kept: Kept[] = []
    for (let tick = 1; tick <= 30; tick++) {
      await log.append([{ kind: 'digest' }])
      kept.push(await move(log, 'ann', `a${tick}`))
      await move(log, 'bob', `b${tick}`)
      await log.publish(tick)
    }
    const result = await check(log, kept)
    expect(result).toMatchObject({ ok: true, size: 480 })
    const found = result.ok ? result.findings : []
    expect(found).toEqual(kept.map((_, n) => ({ state: 'logged', index: 16 * n + 1 })))
    const lines = kept[3]!.receipt.split('\n').slice(0, 4)
    expect(lines).toEqual(['doorstep-receipt/v1', ORIGIN, '48', '1024'])
    await log.close()
  })

  it('[L50] is refused where signature, key, leaf or opening are not what they should be', async () => {
    const log = await open()
    const { receipt, opening } = await move(log, 'ann', 'a1')
    const other = await move(log, 'ann', 'a2')
    const judge = (text: string, shown = opening, vkey = key.vkey): unknown =>
      verifyReceipt(text, shown, vkey, tools)
    expect(judge(receipt)).toMatchObject({ ok: true, link: { seq: 0, prev: null } })
    expect(judge(receipt, other.opening)).toEqual({ ok: false, code: 'other-entry' })
    expect(judge(receipt, '{}')).toEqual({ ok: false, code: 'opening-malformed' })
    expect(judge(receipt.replace('\n0\n', '\n1\n'))).toEqual({ ok: false, code: 'bad-signature' })
    expect(judge('nothing')).toEqual({ ok: false, code: 'receipt-malformed' })
    const stranger = signerFromSeed(ORIGIN, Buffer.alloc(32, 8)).vkey
    expect(judge(receipt, opening, stranger)).toEqual({ ok: false, code: 'unknown-key' })
    const elsewhere = signerFromSeed('doorstep.local/exercise/OTHER', Buffer.alloc(32, 7)).vkey
    expect(judge(receipt, opening, elsewhere)).toEqual({ ok: false, code: 'wrong-origin' })
    expect(verifyCheckpoint(receipt, key.vkey, tools)).toMatchObject({ ok: false })
    await log.close()
  })

  it('[L51] an entry that was acknowledged and never logged is found out, by its delay or at the end', async () => {
    const log = await open()
    await log.publish(1)
    const lost = falsely(16, { by: 'ann', chain: { seq: 0, prev: null } })
    const state = async (ended: boolean): Promise<unknown> => {
      const result = await check(log, [lost], ended)
      return result.ok ? result.findings[0] : result
    }
    expect(await state(false)).toEqual({ state: 'due' })
    expect(await state(true)).toEqual({ state: 'unlogged' })
    await log.publish(2, MERGE_LEAVES / 16 - 1)
    expect(await state(false)).toEqual({ state: 'due' })
    await log.publish(3)
    expect(await state(false)).toEqual({ state: 'unlogged' })
    await log.close()
  })

  it('[L51] promises no more than it keeps where more entries wait than seconds publish', async () => {
    const log = await open()
    for (let i = 0; i < 12; i++)
      await log.append(Array.from({ length: 200 }, () => ({ kind: 'digest' })))
    const late = await move(log, 'ann', 'a1')
    expect(late.receipt.split('\n').slice(2, 4)).toEqual(['0', '3072'])
    const state = async (): Promise<unknown> => {
      const result = await check(log, [late])
      return result.ok ? result.findings[0] : result
    }
    await log.publish(1, 2400 / 16)
    expect(await state()).toEqual({ state: 'due' })
    await log.publish(2)
    expect(await state()).toEqual({ state: 'logged', index: 2400 })
    await log.close()
  })

  it('[L52] each entry names its actor’s last one, over batches and a restart, whoever else wrote', async () => {
    const dir = freshDir()
    const first = await open(dir)
    const a1 = await move(first, 'ann', 'a1')
    await first.append(
      ['bob', 'ann', 'bob', 'ann'].map((by) => ({ kind: 'input', by }) as { kind: string }),
    )
    await first.publish(1)
    await first.close()
    const log = await open(dir)
    const a4 = await move(log, 'ann', 'a4')
    const a5 = await move(log, 'ann', 'a5')
    expect(linkOf(openingOfKept(a1))).toEqual({ seq: 0, prev: null })
    expect(linkOf(openingOfKept(a4))?.seq).toBe(3)
    const leaf = Buffer.from(leafOf(openingOfKept(a4), sha256)!).toString('base64')
    expect(linkOf(openingOfKept(a5))).toEqual({ seq: 4, prev: leaf })
    await log.publish(2)
    expect(await check(log, [a1, a4, a5])).toMatchObject({
      findings: [{ state: 'logged' }, { state: 'logged' }, { state: 'logged' }],
    })
    await log.close()
  })

  it('[L52] a log that begins an actor’s chain anew, or leaves one out, contradicts a receipt', async () => {
    const log = await open()
    const a1 = await move(log, 'ann', 'a1')
    await log.publish(1)
    const again = falsely(16, { by: 'ann', chain: { seq: 0, prev: null } })
    const skipping = falsely(16, { by: 'ann', chain: { seq: 1, prev: 'AQ==' } })
    for (const bent of [again, skipping]) {
      expect(await check(log, [a1, bent])).toMatchObject({
        findings: [{ state: 'logged' }, { state: 'bent' }],
      })
    }
    await log.close()
  })

  it('[L51] believes no leaf that the signed root does not cover', async () => {
    const log = await open()
    const a1 = await move(log, 'ann', 'a1')
    await log.publish(1)
    const lying = (path: string): Promise<Uint8Array | undefined> =>
      over(log)(path).then((bytes) => {
        if (!path.includes('/entries/') || bytes === undefined) return bytes
        const changed = Uint8Array.from(bytes)
        changed[4] = changed[4]! ^ 1
        return changed
      })
    const claim = { ledger: 'x', vkey: key.vkey, ended: true, fetchPath: lying }
    expect(await checkOwnMoves(claim, [a1])).toEqual({ ok: false, code: 'bundle-differs' })
    await log.close()
  })
})
