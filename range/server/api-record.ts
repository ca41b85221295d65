import { isOrder, verifySlip } from '../ledger/slip.ts'
import { parseErasure } from '../protocol/erasure.ts'
import { sendJson, sendText } from './answer.ts'
import { bodyOf, entitled, refuse, trainerOf, type Call, type Endpoint } from './api-call.ts'
import { ordersOf, trailOf } from './custody.ts'
import { erasuresOf, eraseOf } from './erasure.ts'
import { nativeTools } from './ledger/native.ts'
import { slipOf, slipsOf } from './order-slips.ts'

/** What the record of an exercise, and of its parcels, is asked for. */
export const RECORD_ENDPOINTS: readonly Endpoint[] = [
  { method: 'GET', path: /^\/api\/exercises\/([^/]+)\/custody(?:\/(\w{1,12}))?$/, answer: custody },
  { method: 'GET', path: /^\/api\/exercises\/([^/]+)\/slips(?:\/(\w{1,12}))?$/, answer: slips },
  { method: 'GET', path: /^\/api\/exercises\/([^/]+)\/ledger$/, answer: ledger },
  { method: 'GET', path: /^\/api\/exercises\/([^/]+)\/opening\/(\d{1,9})$/, answer: opening },
]

/** What a trainer may do about what the record knows of people. */
export const ERASURE_ENDPOINTS: readonly Endpoint[] = [
  { method: 'GET', path: /^\/api\/exercises\/([^/]+)\/erasures$/, answer: erased },
  { method: 'POST', path: /^\/api\/exercises\/([^/]+)\/erase$/, answer: erase },
]

const STATUS: Readonly<Record<string, number>> = {
  busy: 503,
  'not-ended': 409,
  'not-yours': 403,
}

/**
 * What was reported of one order, to be checked against the log; without a number, the orders. Who
 * holds an order's receipt may see the way of that parcel, whoever it is.
 */
async function custody(call: Call): Promise<void> {
  if (!holdsSlip(call) && !(await entitled(call))) return
  const { rooms } = call.parts
  const found =
    call.rest === '' ? await ordersOf(rooms, call.id) : await trailOf(rooms, call.id, call.rest)
  if (!('error' in found)) return sendJson(call.res, 200, { ok: true, custody: found })
  refuse(call.res, STATUS[found.error] ?? 404, found.error)
}

/** Whether the request bears a receipt that this log signed for this order. */
function holdsSlip({ parts, id, rest, url }: Call): boolean {
  const code = url.searchParams.get('slip')
  const log = code === null || !isOrder(rest) ? undefined : parts.rooms.shelf().get(id)
  return log !== undefined && verifySlip(code!, rest, log.vkey, nativeTools).ok
}

/**
 * The code of one order's receipt, or those to be printed for a class. While an exercise runs an
 * order's own customer gets it, and the trainer; afterwards whoever played.
 */
async function slips(call: Call): Promise<void> {
  const { rooms } = call.parts
  const token = String(call.req.headers['x-seat'] ?? '')
  const held = rooms.holder(call.id, token)
  const running = typeof held !== 'string' && held.room.run.phase() !== 'ended'
  if (!running && !(await entitled(call))) return
  const asker = running ? held : null
  const found =
    call.rest === ''
      ? await slipsOf(rooms, call.id, asker)
      : await slipOf(rooms, call.id, asker, call.rest)
  if (!('error' in found)) return sendJson(call.res, 200, { ok: true, slips: found })
  refuse(call.res, STATUS[found.error] ?? 404, found.error)
}

/**
 * Where to begin verifying: the key, the newest checkpoint, and its key in Gun's space `cp`. For
 * anybody.
 */
function ledger(call: Call): void {
  const log = call.parts.rooms.shelf().get(call.id)
  if (!log) return refuse(call.res, 404, 'no-such-exercise')
  const { vkey, checkpoint, publishedSize, sealed } = log
  sendJson(call.res, 200, {
    ok: true,
    vkey,
    checkpoint: checkpoint ?? null,
    size: publishedSize,
    sealed,
    cp: call.parts.replicas.newest(call.id) ?? null,
  })
}

/**
 * The proof file of an entry: after the end for everybody, while playing for the trainer alone.
 * Where an entry stands tells how many came before it, moves that others may not see among them.
 */
function opening(call: Call): void {
  const room = call.parts.rooms.get(call.id)
  const log = room?.log ?? call.parts.rooms.shelf().get(call.id)
  if (!log) return refuse(call.res, 404, 'no-such-exercise')
  if (!log.sealed) {
    const held = call.parts.rooms.holder(call.id, String(call.req.headers['x-seat'] ?? ''))
    if (typeof held === 'string' || held.role !== 'trainer')
      return refuse(call.res, 403, 'not-ended')
  }
  const index = Number(call.rest)
  const proof = log.prove(index)
  if (proof === undefined && index < log.publishedSize) return refuse(call.res, 410, 'erased')
  if (proof === undefined) return refuse(call.res, 404, 'not-published')
  sendText(call.res, 200, proof)
}

/** The trainer whose exercise this is; refuses and gives null for everybody else. */
async function ownerOf(call: Call): Promise<string | null> {
  const trainer = await trainerOf(call)
  if (trainer === null) return null
  const owner = call.parts.rooms.row(call.id)?.owner ?? null
  if (owner === null || owner === trainer.id) return trainer.id
  refuse(call.res, 403, 'not-yours')
  return null
}

async function erased(call: Call): Promise<void> {
  if ((await ownerOf(call)) === null) return
  const { store, rooms } = call.parts
  const found = erasuresOf(store, rooms, call.id)
  if ('error' in found) refuse(call.res, 404, found.error)
  else sendJson(call.res, 200, { ok: true, erasures: found })
}

async function erase(call: Call): Promise<void> {
  const by = await ownerOf(call)
  if (by === null) return
  const asked = await bodyOf(call, parseErasure)
  if (asked === null) return
  const { store, rooms } = call.parts
  const done = await eraseOf(store, rooms, { ...asked, exercise: call.id, by, now: Date.now() })
  if ('error' in done) refuse(call.res, STATUS[done.error] ?? 404, done.error)
  else sendJson(call.res, 200, { ok: true, ...done })
}
