import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { formatOpening, leafOf, openingOf } from '../../../range/ledger/leaf.ts'
import { MERGE_LEAVES, signReceipt } from '../../../range/ledger/receipt.ts'
import { openStore } from '../../../range/server/database.ts'
import { ledgerErase, type LedgerEraseOptions } from '../../../range/server/cli/ledger-erase.ts'
import { ledgerProve, ledgerVerify } from '../../../range/server/cli/ledger.ts'
import { ledgerReceipt } from '../../../range/server/cli/ledger-receipt.ts'
import { handleLedgerRequest } from '../../../range/server/ledger/http.ts'
import { inspectDir } from '../../../range/server/ledger/inspect.ts'
import { nativeSha256 as sha256 } from '../../../range/server/ledger/native.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { readPublished } from '../../../range/server/ledger/published.ts'
import { signerFromSeed } from '../../../range/server/ledger/signer.ts'
import { createWords } from '../../../range/server/words.ts'
import { freshDir, quickDisk } from './rig.ts'

const ORIGIN = 'doorstep.local/exercise/SAVED'
const key = signerFromSeed(ORIGIN, Buffer.alloc(32, 7))
let dir: string
let files: string
/** A good receipt, a slip's address, and the same promise for something never taken. */
let good: string
let slip: string
let lost: string

interface Said {
  readonly code: number
  readonly out: string[]
  readonly err: string
}
async function said(run: (io: never) => number | Promise<number>): Promise<Said> {
  const [out, err]: [string[], string[]] = [[], []]
  const io = { out: (line: string) => out.push(line), err: (line: string) => err.push(line) }
  return { code: await run(io as never), out, err: err.join('\n') }
}
const judge = (
  lines: readonly string[],
  options: { json?: boolean; log?: string; key?: string },
) => {
  const file = join(files, 'receipts.jsonl')
  writeFileSync(file, `${lines.join('\n')}\n`)
  return said((io) => ledgerReceipt([file], { log: dir, ...options }, io))
}

beforeEach(async () => {
  ;[dir, files] = [freshDir(), freshDir()]
  const log = await openLog(dir, { origin: ORIGIN, mode: 'live', key, disk: quickDisk })
  const move = { kind: 'input', by: 's1', id: 'a1', input: { kind: 'Moved', seat: 's1' } }
  const { first } = await log.append([move as { kind: string }, { kind: 'digest' }])
  good = JSON.stringify({ id: 'a1', ...log.receipt(first)! })
  const code = log.slip({ order: '7KQ2MX', kind: 'request', index: first })!
  slip = `https://range.example.org/parcel/x?order=7KQ2MX&slip=${code}`
  const entry = { kind: 'input', by: 's1', chain: { seq: 1, prev: leafText(good) } }
  const opening = openingOf(Buffer.alloc(32, 9), entry as { kind: string })
  const body = { origin: ORIGIN, from: 0, within: MERGE_LEAVES, leaf: leafOf(opening, sha256)! }
  const receipt = signReceipt(body, key, sha256)
  lost = JSON.stringify({ id: 'a2', receipt, opening: formatOpening(opening) })
  await log.publish(1)
  await log.close()
})
const seal = (): void => writeFileSync(join(dir, 'ledger', 'sealed'), '16\n')
function leafText(line: string): string {
  const { opening } = JSON.parse(line) as { opening: string }
  return Buffer.from(leafOf(JSON.parse(opening) as never, sha256)!).toString('base64')
}

describe('doorstep ledger receipt', () => {
  it('[L86] says of each saved receipt where it stands, offline, and exits 1 where one does not hold', async () => {
    expect(await judge([good, slip], {})).toEqual({
      code: 0,
      out: [
        'a1: good, entry 0 of 16',
        '7KQ2MX: good, entry 0 of 16',
        '2 receipts, all good, against 16 signed entries',
      ],
      err: '',
    })
    const due = await judge([good, lost], {})
    expect([due.code, due.out[1]]).toEqual([
      0,
      'a2: good, not in the record yet: it must be there at size 1024',
    ])
    seal()
    const ended = await judge([good, lost], {})
    expect(ended.code).toBe(1)
    expect(ended.out[1]).toMatch(/^a2: UNLOGGED/)
    const bent = await judge([lost, good], { json: true })
    expect(JSON.parse(bent.out[0]!)).toMatchObject({
      ok: false,
      receipts: [{ state: 'unlogged' }, { of: 'a1', state: 'bent' }],
    })
    const forged = await judge([good.replace('1024', '2048'), slip.replace('7KQ2MX', 'AAAAAA')], {})
    expect([forged.code, ...forged.out]).toEqual([
      1,
      'a1: FORGED or changed (bad-signature)',
      'AAAAAA: FORGED, changed, or of another log (bad-signature)',
      '2 of 2 receipts DO NOT HOLD against 16 signed entries',
    ])
    const other = await openLog(freshDir(), { origin: 'doorstep.local/exercise/B', mode: 'live' })
    const { first } = await other.append([{ kind: 'digest' }])
    const foreign = await judge([JSON.stringify({ id: 'b', ...other.receipt(first)! })], {})
    expect([foreign.code, foreign.out[0]]).toEqual([1, 'b: OF ANOTHER LOG (wrong-origin)'])
    await other.close()
  })

  it('[L86] reads saved tiles and an address as well; a record that does not hold is exit 1, nothing is misuse', async () => {
    seal()
    const saved = freshDir()
    for (const name of ['checkpoint', 'key.pub', 'tile'])
      cpSync(join(dir, 'ledger', name), join(saved, name), { recursive: true })
    expect((await judge([good], { log: saved })).out[0]).toBe('a1: good, entry 0 of 16')
    const served = new Map([['SAVED', readPublished(dir)]])
    const server = createServer((req, res) => void handleLedgerRequest(req, res, served))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    const log = `http://127.0.0.1:${port}/ledger/SAVED`
    expect((await judge([good], { log })).out[0]).toBe('a1: good, entry 0 of 16')
    expect((await judge([lost], { log })).code).toBe(1)
    server.close()
    const tile = join(saved, 'tile', 'entries', '000.p', '16')
    const bytes = readFileSync(tile)
    bytes[9]! ^= 1
    writeFileSync(tile, bytes)
    const bad = await judge([good], { log: saved })
    expect([bad.code, bad.out[0]]).toEqual([
      1,
      `${saved}: the record does not hold: bundle-differs`,
    ])
    for (const [lines, options, why] of [
      [['nonsense'], {}, /receipts.jsonl:1 is no saved receipt/],
      [[''], {}, /no receipt in what was given/],
      [[good], { log: files }, /no ledger in/],
      [[good], { log: 'http://127.0.0.1:9/ledger/x' }, /does not answer/],
    ] as const) {
      const misused = await judge(lines, options)
      expect([misused.code, misused.out]).toEqual([2, []])
      expect(misused.err).toMatch(why)
    }
    const folder = `${files}: a folder, where a file is needed`
    await expect(judge([good], { key: files })).rejects.toThrow(folder)
    await expect(said((io) => ledgerReceipt([files], { log: dir }, io))).rejects.toThrow(folder)
  })
})

describe('doorstep ledger erase', () => {
  it('[L85] lists first, erases with --yes, and refuses what is nobody’s or not over', async () => {
    seal()
    const copy = freshDir(dir)
    const erase = (options: Partial<LedgerEraseOptions>) =>
      said((io) => ledgerErase(copy, { entries: [], seats: [], ...options }, io))
    expect(await erase({ seats: ['s1'] })).toMatchObject({
      code: 0,
      out: ['entry 0: Moved', '1 entries would be erased for good; add --yes to do it'],
    })
    expect((await erase({})).err).toMatch(/say what/)
    expect((await erase({ entries: [1] })).err).toMatch(/entry 1 is nobody's/)
    expect((await erase({ entries: [99] })).err).toMatch(/there is no entry 99/)
    rmSync(join(copy, 'ledger', 'sealed'))
    expect((await erase({ entries: [0], yes: true })).err).toMatch(/not over/)
    writeFileSync(join(copy, 'ledger', 'sealed'), '16\n')
    const proofs = readPublished(copy)
    const before = proofs.prove(1)
    const done = await erase({ entries: [0], yes: true, json: true })
    expect([done.code, done.out]).toEqual([0, ['{"erased":true,"entries":1,"words":0}']])
    expect(readPublished(copy).prove(0)).toBeUndefined()
    expect(readPublished(copy).prove(1)).toBe(before)
    expect(inspectDir(copy)).toMatchObject({ ok: true, erased: 1 })
    const proved = await said((io) => ledgerProve(copy, 0, {}, io))
    expect([proved.code, proved.err]).toEqual([
      2,
      'ledger prove: there is no proof of entry 0: its opening was erased',
    ])
    const verified = await said((io) => ledgerVerify(copy, {}, io))
    expect(verified.code).toBe(0)
    expect(verified.out[0]).toContain('what 1 of them said was erased on request')
    expect((await judge([good, slip], { log: copy })).code).toBe(0)
    for (const asked of [{ entries: [0] }, { seats: ['s1'] }, { seats: ['nobody'] }]) {
      const again = await erase({ ...asked, yes: true })
      expect([again.code, again.out]).toEqual([2, []])
      expect(again.err).toMatch(/nothing is stored of (entry 0|s1|nobody): erased before, or never/)
    }
  })

  it('[L85] erases no name of an exercise that is not over, and a name alone once it is', async () => {
    const data = freshDir()
    const exercise = join(data, 'exercises', 'x')
    cpSync(dir, exercise, { recursive: true })
    const store = openStore(data)
    createWords(store).seal('x', { kind: 'SeatTaken', seat: 's2', nickname: 'Ada' })
    store.settle()
    store.close()
    const erase = () =>
      said((io) => ledgerErase(exercise, { entries: [], seats: ['s2'], yes: true }, io))
    const early = await erase()
    expect([early.code, early.out]).toEqual([2, []])
    expect(early.err).toMatch(/not over/)
    writeFileSync(join(exercise, 'ledger', 'sealed'), '16\n')
    expect((await erase()).out[0]).toMatch(/^0 entries and 1 names erased/)
    expect((await erase()).err).toMatch(/nothing is stored of s2/)
  })
})
