import { describe, expect, it } from 'vitest'
import { checkSlip } from '../../../range/client/slip-check.ts'
import { commit } from '../../../range/ledger/commitment.ts'
import { parseSlip, signSlip, SLIP_CHARS } from '../../../range/ledger/slip.ts'
import { MERGE_LEAVES } from '../../../range/ledger/receipt.ts'
import { parseTilePath } from '../../../range/ledger/tile.ts'
import { nativeSha256 as sha256 } from '../../../range/server/ledger/native.ts'
import type { Log } from '../../../range/server/ledger/log.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { signerFromSeed } from '../../../range/server/ledger/signer.ts'
import { freshDir, quickDisk } from './rig.ts'

const ORIGIN = 'doorstep.local/exercise/SLIP'
const key = signerFromSeed(ORIGIN, Buffer.alloc(32, 7))
const ORDER = '7KQ2MX'

const open = (): Promise<Log> =>
  openLog(freshDir(), { origin: ORIGIN, mode: 'live', key, disk: quickDisk })
const over = (log: Log) => (path: string) => {
  const tile = parseTilePath(path.replace('/ledger/x/', ''))
  return Promise.resolve(tile === undefined ? Buffer.from(log.checkpoint ?? '') : log.tile(tile))
}
const check = (log: Log, order: string, code: string, ended = false) =>
  checkSlip({ ledger: 'x', vkey: key.vkey, ended, fetchPath: over(log) }, order, code)

/** A log in which an order was placed among other entries. */
async function played(): Promise<{ log: Log; index: number; code: string }> {
  const log = await open()
  await log.append([{ kind: 'digest' }, { kind: 'digest' }])
  await log.publish(1)
  const { first } = await log.append([{ kind: 'input', by: 'ann', id: 'a' } as { kind: string }])
  return { log, index: first, code: log.slip({ order: ORDER, kind: 'request', index: first })! }
}

describe('customers’ receipts', () => {
  it('[L81] a commitment holds for one use, one salt and parts at their borders only', () => {
    const salt = Buffer.alloc(16, 3)
    const all = [
      commit({ domain: 'a', salt, parts: ['ab', 'c'] }, sha256),
      commit({ domain: 'b', salt, parts: ['ab', 'c'] }, sha256),
      commit({ domain: 'a', salt: Buffer.alloc(16, 4), parts: ['ab', 'c'] }, sha256),
      commit({ domain: 'a', salt, parts: ['a', 'bc'] }, sha256),
      commit({ domain: 'a', salt, parts: ['ab', 'c', ''] }, sha256),
    ].map((one) => Buffer.from(one).toString('hex'))
    expect(new Set(all).size).toBe(all.length)
    expect(() => commit({ domain: 'a', salt: Buffer.alloc(8), parts: [] }, sha256)).toThrow('salt')
  })

  it('[L82] leads to its own sealed leaf, first due, then in the record, the same code later', async () => {
    const { log, index, code } = await played()
    expect(code).toHaveLength(SLIP_CHARS)
    expect(parseSlip(code)).toMatchObject({ kind: 'request', from: 16, within: MERGE_LEAVES })
    expect(await check(log, ORDER, code)).toEqual({ state: 'due', until: 1040, size: 16 })
    await log.publish(2)
    const found = await check(log, ORDER, code)
    expect(found).toMatchObject({ state: 'logged', index, size: 32 })
    const later = log.slip({ order: ORDER, kind: 'request', index })!
    expect(parseSlip(later)).toMatchObject({ from: 0, within: MERGE_LEAVES })
    expect(parseSlip(later)!.commitment).toEqual(parseSlip(code)!.commitment)
    expect(await check(log, ORDER, later, true)).toMatchObject({ state: 'logged', index })
    await log.erase(index)
    expect(await check(log, ORDER, code, true)).toMatchObject({ state: 'logged', index })
    await log.close()
  })

  it('[L83] with any letter changed, for another order or of another log it is named as forged', async () => {
    const { log, code } = await played()
    await log.publish(2)
    for (let at = 0; at < code.length; at++) {
      const other = code[at] === 'A' ? 'B' : 'A'
      const changed = code.slice(0, at) + other + code.slice(at + 1)
      expect((await check(log, ORDER, changed)).state, `letter ${at}`).toBe('forged')
    }
    for (const order of ['7KQ2MY', '', '../x']) {
      expect((await check(log, order, code)).state).toBe('forged')
    }
    const leaf = Buffer.alloc(33, 1)
    const body = { kind: 'request', order: ORDER, leaf, from: 0, within: MERGE_LEAVES } as const
    const stranger = signerFromSeed(ORIGIN, Buffer.alloc(32, 8))
    const signed = signSlip({ ...body, origin: ORIGIN }, stranger, sha256)
    expect(await check(log, ORDER, signed)).toEqual({ state: 'forged', code: 'bad-signature' })
    const elsewhere = signSlip({ ...body, origin: 'doorstep.local/exercise/OTHER' }, key, sha256)
    expect(await check(log, ORDER, elsewhere)).toEqual({ state: 'forged', code: 'bad-signature' })
    // Signed by the log itself, for a leaf that it never took.
    const lost = signSlip({ ...body, origin: ORIGIN }, key, sha256)
    expect(await check(log, ORDER, lost)).toMatchObject({ state: 'due' })
    expect(await check(log, ORDER, lost, true)).toEqual({ state: 'unlogged', size: 32 })
    await log.close()
  })
})
