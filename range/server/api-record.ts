import { isOrder, verifySlip } from '../ledger/slip.ts'
import { sendJson, sendText } from './answer.ts'
import { entitled, refuse, type Call, type Endpoint } from './api-call.ts'
import { ordersOf, trailOf } from './custody.ts'
import { nativeTools } from './ledger/native.ts'
import { slipOf, slipsOf } from './order-slips.ts'

/** What the record of an exercise, and of its parcels, is asked for. */
export const RECORD_ENDPOINTS: readonly Endpoint[] = [
  { method: 'GET', path: /^\/api\/exercises\/([^/]+)\/custody(?:\/(\w{1,12}))?$/, answer: custody },
  { method: 'GET', path: /^\/api\/exercises\/([^/]+)\/slips(?:\/(\w{1,12}))?$/, answer: slips },
  { method: 'GET', path: /^\/api\/exercises\/([^/]+)\/ledger$/, answer: ledger },
  { method: 'GET', path: /^\/api\/exercises\/([^/]+)\/opening\/(\d{1,9})$/, answer: opening },
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
  const proof = log.prove(Number(call.rest))
  if (proof === undefined) return refuse(call.res, 404, 'not-published')
  sendText(call.res, 200, proof)
}
