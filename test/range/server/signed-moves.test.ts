import { generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MoveSigner } from '../../../range/client/move-keys.ts'
import { checkSignedMoves } from '../../../range/client/signed-moves.ts'
import { connectSeat, type SeatConnection } from '../../../range/client/socket/seat.ts'
import { moveSignature, moveText, type MoveSignature } from '../../../range/ledger/move-seal.ts'
import { originOf } from '../../../range/protocol/log-origin.ts'
import type { MoveAnswer, ReceiptMessage } from '../../../range/protocol/message.ts'
import type { Move } from '../../../range/protocol/move.ts'
import { ledgerVerify } from '../../../range/server/cli/ledger.ts'
import { startHarness, trainerCookie, until, type Harness } from './harness.ts'

const keyOf = (): { did: string } & MoveSigner => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  return {
    did: moveSignature(raw, new Uint8Array(64))!.did,
    sign: (move) => Promise.resolve(moveSignature(raw, sign(null, moveText(move)!, privateKey))),
  }
}
const LAUNCH: Move = { kind: 'Launch', technique: 'P2', params: {}, startInMinutes: 0 }
const stop = (run: number): Move => ({ kind: 'StopAttack', run })

let harness: Harness
let seated: { exercise: string; seat: string; token: string }
let trainer: SeatConnection
const lines: SeatConnection[] = []
const receipts: ReceiptMessage[] = []
const key = keyOf()

function connect(made: Record<string, unknown>, signer?: MoveSigner): SeatConnection {
  const { exercise, token } = made as typeof seated
  const line = connectSeat({
    exercise,
    token,
    url: harness.url,
    headers: { origin: harness.url },
    onReceipt: (message) => receipts.push(message),
    ...(signer && { signer }),
  })
  lines.push(line)
  return line
}
beforeAll(async () => {
  harness = await startHarness()
  const cookie = await trainerCookie(harness)
  const made = await harness.post('/api/exercises', { scenario: 'market-day', seed: 5 }, { cookie })
  trainer = connect(made.body)
  const asked = { code: made.body['code'], nickname: 'Ada', role: 'attacker' }
  seated = (await harness.post('/api/join', asked)).body as typeof seated
}, 60_000)
afterAll(async () => {
  for (const line of lines) line.close()
  await harness.stop()
})

interface Logged {
  readonly id?: string
  readonly did?: string
  readonly sig?: string
  readonly input?: { readonly kind: string; readonly move: Move }
}
const folder = (): string => `${harness.data}/exercises/${seated.exercise}`
function logged(): Logged[] {
  const text = readFileSync(`${folder()}/ledger/openings.jsonl`, 'utf8')
  return text
    .split('\n')
    .filter((line) => line.includes('"Moved"'))
    .map((line) => (JSON.parse(line) as { entry: Logged }).entry)
}
/** A message as a hostile client would send it. */
async function raw(message: unknown): Promise<MoveAnswer> {
  const { exercise, token } = seated
  const socket = io(harness.url, {
    auth: { exercise, token },
    extraHeaders: { origin: harness.url },
    transports: ['websocket'],
    forceNew: true,
  })
  const answer = (await socket.emitWithAck('move', message)) as MoveAnswer
  socket.close()
  return answer
}
const signed = async (id: string, move: Move, other = {}): Promise<MoveSignature> =>
  (await key.sign({ origin: originOf(seated.exercise), seat: seated.seat, id, move, ...other }))!

test('[L75] moves are signed in the order they were made, and logged with signature and name', async () => {
  // The first signature takes longest; no move overtakes another for it.
  let slow = 3
  const player = connect(seated, {
    async sign(move) {
      for (let turns = slow--; turns > 0; turns--) await new Promise((done) => setTimeout(done, 5))
      return key.sign(move)
    },
  })
  await until(player, ({ view }) => view !== null)
  await until(trainer, ({ view }) => view !== null)
  await trainer.act({ kind: 'Phase', phase: 'running' })
  await Promise.all([player.move(LAUNCH), player.move(stop(0)), player.move(stop(1))])
  const moves = logged()
  expect(moves.map(({ input }) => input!.move)).toEqual([LAUNCH, stop(0), stop(1)])
  for (const { id, did, sig, input } of moves)
    expect({ did, sig }).toEqual(await signed(id!, input!.move))
  // The same message again, after a restart as well, is neither logged twice nor refused.
  const { id } = moves[0]!
  const again = { id, move: LAUNCH, ...(await signed(id!, LAUNCH)) }
  expect(await raw(again)).toEqual({ ok: true, run: 0 })
  await harness.restart()
  expect(await raw(again)).toEqual({ ok: true, run: 0 })
  expect(logged()).toHaveLength(3)
}, 60_000)

test('[L75] a signature of another move, id, seat or exercise is refused by name; a malformed one in words', async () => {
  const sent = { id: 'x1', move: stop(1) }
  for (const wrong of [
    await signed('x1', stop(2)),
    await signed('x2', stop(1)),
    await signed('x1', stop(1), { seat: 'someone' }),
    await signed('x1', stop(1), { origin: originOf('OTHER') }),
    { ...(await signed('x1', stop(1))), did: keyOf().did },
  ])
    expect(await raw({ ...sent, ...wrong })).toEqual({ ok: false, reason: 'bad-signature' })
  const good = await signed('x1', stop(1))
  for (const [part, why] of [
    [{ did: good.did }, /half a signature/],
    [{ ...good, did: `${good.did}#x` }, /no did:key/],
    [{ ...good, sig: good.sig.slice(1) }, /no signature/],
  ] as const) {
    const answer = await raw({ ...sent, ...part })
    expect([answer.ok, 'reason' in answer && why.test(answer.reason)]).toEqual([false, true])
  }
  expect(logged()).toHaveLength(3)
  // None of it stands in the way of the honest one.
  await raw({ ...sent, ...good })
  expect(logged()).toHaveLength(4)
}, 60_000)

test('[L75] without a key, with a signer that fails, or beyond the eighth key a move counts unsigned', async () => {
  await raw({ id: 'plain', move: stop(1) })
  const failing = connect(seated, { sign: () => Promise.reject(new Error('no')) })
  await until(failing, ({ view }) => view !== null)
  await failing.move(stop(1))
  for (let i = 0; i < 8; i++) {
    const move = {
      origin: originOf(seated.exercise),
      seat: seated.seat,
      id: `k${i}`,
      move: stop(1),
    }
    await raw({ id: move.id, move: move.move, ...(await keyOf().sign(move)) })
  }
  const marks = logged().map(({ did }) => did !== undefined)
  expect(marks).toEqual([true, true, true, true, false, false, ...Array(7).fill(true), false])
}, 60_000)

test('[L75] whoever reads the opened record, command or browser, tells signed from unsigned moves', async () => {
  await until(trainer, ({ line }) => line === 'here')
  await trainer.act({ kind: 'Phase', phase: 'ended' })
  const claim = {
    ledger: seated.exercise,
    vkey: (await (await harness.get(`/ledger/${seated.exercise}/key.pub`)).text()).trim(),
    fetchPath: async (path: string) => {
      const answer = await harness.get(path)
      return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : undefined
    },
  }
  const keys = new Map([[seated.seat, key.did]])
  const own = { keys, receipts }
  const whole = { ...claim, ended: true }
  const found = { of: 'record', mine: 4, unsigned: 0, notMine: 10 }
  await expect.poll(() => checkSignedMoves(whole, own)).toEqual(found)
  // Without a key of its own a browser only tells what is signed by nobody.
  const keyless = { keys: new Map<string, string>(), receipts }
  expect(await checkSignedMoves(whole, keyless)).toMatchObject({ mine: 0, unsigned: 3 })
  const early = await checkSignedMoves({ ...claim, ended: false }, own)
  expect([early?.of, early!.mine >= 3]).toEqual(['receipts', true])
  const out: string[] = []
  const io = { out: (line: string) => out.push(line), err: (line: string) => out.push(line) }
  expect(await ledgerVerify(folder(), {}, io)).toBe(0)
  expect(out[1]).toBe(
    '11 moves signed by 1 player, all good, 3 not signed (3 of them after their seat had signed)',
  )
}, 60_000)
