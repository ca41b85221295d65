import { generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { verifyEd25519 } from '../../../range/ledger/ed25519.ts'
import {
  MoveJudge,
  moveSignature,
  moveText,
  takeKey,
  type SignedMove,
} from '../../../range/ledger/move-seal.ts'
import { ledgerVerify } from '../../../range/server/cli/ledger.ts'
import { nativeVerify } from '../../../range/server/ledger/native.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { freshDir, LIVE, quickDisk } from './rig.ts'

const { origin } = LIVE
function player() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  return (move: SignedMove) => moveSignature(raw, sign(null, moveText(move)!, privateKey))!
}
const ada = player()
const move = { kind: 'StopAttack', run: 1 }
const entry = (id: string, signature: object = ada({ origin, seat: 's1', id, move })) => ({
  kind: 'input',
  by: 's1',
  id,
  input: { kind: 'Moved', at: 0, seat: 's1', move },
  ...signature,
})

/** What an auditor is told of a log that its operator wrote anew, under its own key. */
async function verified(entries: readonly { kind: string }[]) {
  const dir = freshDir()
  const log = await openLog(dir, { ...LIVE, disk: quickDisk })
  await log.append(entries)
  await log.seal(1)
  await log.close()
  const out: string[] = []
  const io = { out: (line: string) => out.push(line), err: (line: string) => out.push(line) }
  return { code: await ledgerVerify(dir, {}, io), out }
}

test('[L75] the signed text names use, log, seat, message and move, in one spelling', () => {
  const text = moveText({ origin: 'o', seat: 's', id: 'i', move: { b: 1, a: 'ü' } })!
  expect(Buffer.from(text).toString()).toBe('doorstep-move/v1\no\ns\ni\n{"a":"ü","b":1}\n')
  expect(moveText({ origin: 'o', seat: 's\nt', id: 'i', move })).toBeUndefined()
  expect(moveText({ origin: 'o', seat: 's', id: 'i', move: undefined })).toBeUndefined()
})

test('[L75] an operator who writes a log anew can invent no move of a seat that signs', async () => {
  const honest = [entry('a'), entry('b'), entry('c', {})]
  expect(await verified(honest)).toMatchObject({
    code: 0,
    out: [
      `${origin}: all 16 signed entries are unchanged`,
      '2 moves signed by 1 player, all good, 1 not signed (1 of them after their seat had signed)',
      expect.stringMatching(/^key /) as string,
    ],
  })
  const { did, sig } = ada({ origin, seat: 's1', id: 'a', move })
  const other = { ...entry('a'), input: { ...entry('a').input, move: { ...move, run: 2 } } }
  const elsewhere = { ...entry('a'), by: 's2', input: { ...entry('a').input, seat: 's2' } }
  for (const [forged, why] of [
    [other, 's1, and its signature is not of that move'],
    [entry('z', { did, sig }), 's1, and its signature is not of that move'],
    [elsewhere, 's2, and its signature is not of that move'],
    [entry('b'), 's1, and was signed for once only'],
    [entry('y', { did }), 's1, and its signature is not of that move'],
    [entry('x', ada({ origin: `${origin}2`, seat: 's1', id: 'x', move })), /is not of that move$/],
  ] as const) {
    const { code, out } = await verified([entry('b'), { kind: 'digest' }, forged])
    expect(code).toBe(1)
    expect(out[0]).toMatch(/^entry 2 is FORGED: a move in the name of s/)
    if (typeof why === 'string')
      expect(out[0]).toBe(`entry 2 is FORGED: a move in the name of ${why}`)
    else expect(out[0]).toMatch(why)
    expect(out[1]).toMatch(/: FORGED, 16 entries were signed$/)
  }
})

test('[L75] native and plain checks agree; machine players are left out; a ninth key is named', () => {
  for (const verify of [nativeVerify, verifyEd25519]) {
    const judge = new MoveJudge(origin, verify)
    expect(judge.judge(entry('a'))?.state).toBe('signed')
    const { by: _by, id: _id, ...machine } = entry('m', {})
    expect(judge.judge(machine)).toBeUndefined()
    expect(judge.judge({ kind: 'digest' })).toBeUndefined()
    for (let i = 1; i < 8; i++)
      expect(
        judge.judge(entry(`k${i}`, player()({ origin, seat: 's1', id: `k${i}`, move })))?.state,
      ).toBe('signed')
    const ninth = player()({ origin, seat: 's1', id: 'n', move })
    expect(judge.judge(entry('n', ninth))).toMatchObject({ state: 'forged', why: 'too-many-keys' })
    expect(judge.judge(entry('again'))?.state).toBe('signed')
  }
  const keys = new Map<string, Set<string>>()
  expect([takeKey(keys, 's', 'a'), takeKey(keys, 's', 'a'), keys.get('s')!.size]).toEqual([
    true,
    true,
    1,
  ])
})
