import type { IncomingMessage, ServerResponse } from 'node:http'
import { CHECKPOINT_CHARS_MAX } from '../ledger/checkpoint.ts'
import type { Role } from '../protocol/view.ts'
import { readBody, sendJson, sendText } from './answer.ts'
import type { HandInRefusal, WitnessDesk } from './ledger/witness-desk.ts'
import type { WitnessKind } from './ledger/witness-roll.ts'
import { Limits } from './limits.ts'
import { addressOf, sameOrigin } from './origin.ts'
import type { Desks } from './witness-desks.ts'
import type { WitnessRounds } from './witness-rounds.ts'

export interface WitnessHttpParts {
  readonly desks: Desks
  /** The seat behind a token, and what it is; undefined for a stranger. */
  readonly seatOf: (
    exercise: string,
    token: string,
  ) => { readonly seat: string; readonly role: Role | undefined } | undefined
  readonly publicUrl?: URL
  /** How often one address may ask; `PER_ADDRESS` by default. */
  readonly limits?: Limits
}

const ADDRESS =
  /^\/ledger\/([A-Za-z0-9-]{1,64})\/(add-cosignature|witness|witnesses|fork-proof|witnessed|round)$/
const VKEY_BYTES_MAX = 512
/** A class behind one address hands in once a second each. */
const PER_ADDRESS = { burst: 600, perSecond: 200 }
const STATUS: Readonly<Record<HandInRefusal, number>> = {
  'note-malformed': 400,
  'bad-cosignature': 400,
  'clock-off': 400,
  'not-this-log': 403,
  'unknown-witness': 403,
  conflict: 409,
}

/**
 * Answers what witnesses ask of the logs below `/ledger/<id>/`: `POST add-cosignature` (a signed
 * note with cosignatures below it, as C2SP tlog-witness answers one), `POST witness` (a seat's
 * witness key), `GET round[?after=SIZE]` (the checkpoint to cosign now; waits for another than that
 * of SIZE), `GET witnesses`, `GET witnessed` (the newest with a quorum) and `GET fork-proof`.
 */
export function witnessRoute(
  parts: WitnessHttpParts,
): (req: IncomingMessage, res: ServerResponse, path: string) => Promise<boolean> {
  const limits = parts.limits ?? new Limits(PER_ADDRESS)
  return async (req, res, path) => {
    const match = ADDRESS.exec(path)
    if (match === null) return false
    const [, id = '', name = ''] = match
    res.setHeader('Access-Control-Allow-Origin', '*')
    res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
    res.setHeader('X-Content-Type-Options', 'nosniff')
    const writes = name === 'add-cosignature' || name === 'witness'
    const method = req.method === 'HEAD' ? 'GET' : req.method
    if (method !== (writes ? 'POST' : 'GET')) return refuse(res, 405, 'method-not-allowed')
    if (!limits.take(addressOf(req, parts.publicUrl), writes ? 1 : 0.5)) {
      return refuse(res, 429, 'slow-down')
    }
    const desk = parts.desks.get(id)
    if (desk === undefined) return refuse(res, 404, 'no-such-log')
    if (name === 'add-cosignature') return addCosignature(req, res, desk)
    if (name === 'witness') return enrol(parts, req, res, { id, desk })
    if (name === 'round') return round(req, res, parts.desks.rounds(id)!)
    return read(res, name, desk)
  }
}

async function round(
  req: IncomingMessage,
  res: ServerResponse,
  rounds: WitnessRounds,
): Promise<true> {
  const after = /[?&]after=([0-9]{1,15})(?:&|$)/.exec(req.url ?? '')?.[1]
  if (after !== undefined) await rounds.next(Number(after))
  const note = rounds.note()
  if (note === undefined) return refuse(res, 404, 'not-there')
  sendText(res, 200, note)
  return true
}

function read(res: ServerResponse, name: string, desk: WitnessDesk): true {
  if (name === 'witnesses') {
    sendJson(res, 200, desk.view())
    return true
  }
  const text = name === 'witnessed' ? desk.witnessed() : desk.forkProof()
  if (text === undefined) return refuse(res, 404, 'not-there')
  sendText(res, 200, text)
  return true
}

async function addCosignature(
  req: IncomingMessage,
  res: ServerResponse,
  desk: WitnessDesk,
): Promise<true> {
  const body = await readBody(req, CHECKPOINT_CHARS_MAX)
  if (!body.ok) return refuse(res, body.status, body.status === 413 ? 'too-large' : 'too-slow')
  const answer = desk.handIn(body.bytes.toString('utf8'))
  if (answer.ok) {
    sendJson(res, 200, answer)
    return true
  }
  if (answer.code !== 'conflict') return refuse(res, STATUS[answer.code], answer.code)
  // As a C2SP witness answers a conflict: the size that holds here.
  sendText(res, 409, `${desk.log.publishedSize}\n`, 'text/x.tlog.size')
  return true
}

async function enrol(
  parts: WitnessHttpParts,
  req: IncomingMessage,
  res: ServerResponse,
  { id, desk }: { readonly id: string; readonly desk: WitnessDesk },
): Promise<true> {
  if (!sameOrigin(req, parts.publicUrl)) return refuse(res, 403, 'origin')
  const seat = parts.seatOf(id, String(req.headers['x-seat'] ?? ''))
  if (seat === undefined) return refuse(res, 403, 'no-seat')
  const body = await readBody(req, VKEY_BYTES_MAX)
  if (!body.ok) return refuse(res, body.status, body.status === 413 ? 'too-large' : 'too-slow')
  const vkey = body.bytes.toString('utf8').trim()
  const taken = desk.enrol(seat.seat, kindOf(seat.role), vkey)
  if (taken !== 'ok') return refuse(res, taken === 'key-malformed' ? 400 : 409, taken)
  sendJson(res, 200, { ok: true })
  return true
}

function kindOf(role: Role | undefined): WitnessKind | undefined {
  return role === undefined || role === 'trainer' || role === 'screen' ? role : 'player'
}

function refuse(res: ServerResponse, status: number, code: string): true {
  sendJson(res, status, { ok: false, code })
  return true
}
