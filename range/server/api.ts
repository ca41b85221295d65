import type { IncomingMessage, ServerResponse } from 'node:http'
import { debriefOf } from '../exercise/debrief.ts'
import {
  parseChoice,
  parseCreate,
  parseCredentials,
  parseJoin,
  parseLab,
  parseRehearse,
  parseSetup,
} from '../protocol/door.ts'
import { sessionCookie, type Entered } from './accounts.ts'
import { sendJson, sendText } from './answer.ts'
import {
  bodyOf,
  entitled,
  refuse,
  trainerOf,
  type ApiParts,
  type Call,
  type Endpoint,
} from './api-call.ts'
import { ERASURE_ENDPOINTS, RECORD_ENDPOINTS } from './api-record.ts'
import { designScenario, designSlug } from './design-lab.ts'
import { EPCIS_ENDPOINT } from './epcis-export.ts'
import { exportCsv, exportJson } from './export.ts'
import { Limits } from './limits.ts'
import { addressOf, isSecure, originOf, sameOrigin } from './origin.ts'
import { noPagePolicy } from './platform-headers.ts'
import { robotOf } from './trainer-act.ts'
import { counterfactualOf } from './what-if.ts'
import type { Refused, SeatedOr } from './rooms-answers.ts'

const ENDPOINTS: readonly Endpoint[] = [
  { method: 'POST', path: /^\/api\/setup$/, answer: setUp },
  { method: 'POST', path: /^\/api\/signin$/, answer: signIn },
  { method: 'POST', path: /^\/api\/signout$/, answer: signOut },
  { method: 'POST', path: /^\/api\/invite$/, answer: invite },
  { method: 'GET', path: /^\/api\/me$/, answer: me },
  { method: 'POST', path: /^\/api\/join$/, answer: join },
  { method: 'POST', path: /^\/api\/lab$/, answer: lab },
  { method: 'POST', path: /^\/api\/rehearse$/, answer: rehearse },
  { method: 'GET', path: /^\/api\/exercises$/, answer: list },
  { method: 'POST', path: /^\/api\/exercises$/, answer: create },
  { method: 'POST', path: /^\/api\/exercises\/([^/]+)\/seat$/, answer: trainerSeat },
  { method: 'POST', path: /^\/api\/exercises\/([^/]+)\/screen$/, answer: screenSeat },
  { method: 'GET', path: /^\/api\/exercises\/([^/]+)\/debrief$/, answer: debrief },
  { method: 'POST', path: /^\/api\/exercises\/([^/]+)\/counterfactual$/, answer: otherwise },
  { method: 'GET', path: /^\/api\/exercises\/([^/]+)\/export\.(csv|json)$/, answer: exported },
  EPCIS_ENDPOINT,
  ...RECORD_ENDPOINTS,
  ...ERASURE_ENDPOINTS,
]

const perAddress = new Limits({ burst: 120, perSecond: 4 })
const perCode = new Limits({ burst: 40, perSecond: 2 })
/** A class behind one address may open a lab each. */
const perMaker = new Limits({ burst: 30, perSecond: 0.1 })

/** Answers what lies under /api/. Whatever changes something must come from our own pages. */
export async function handleApi(
  parts: ApiParts,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
): Promise<boolean> {
  if (!path.startsWith('/api/')) return false
  noPagePolicy(res)
  const method = req.method === 'HEAD' ? 'GET' : req.method
  const here = ENDPOINTS.filter((one) => one.path.test(path))
  const endpoint = here.find((one) => one.method === method)
  if (!endpoint) {
    refuse(res, here.length > 0 ? 405 : 404, here.length > 0 ? 'method' : 'no-such-address')
    return true
  }
  if (method === 'POST' && !sameOrigin(req, parts.publicUrl)) {
    refuse(res, 403, 'origin')
    return true
  }
  if (!perAddress.take(addressOf(req, parts.publicUrl))) {
    refuse(res, 429, 'slow-down')
    return true
  }
  const [, id = '', rest = ''] = endpoint.path.exec(path)!
  await endpoint.answer({ req, res, parts, id, rest, url: new URL(req.url ?? '/', 'http://host') })
  return true
}

async function setUp(call: Call): Promise<void> {
  const asked = await bodyOf(call, parseSetup)
  if (asked) enter(call, await call.parts.accounts.setUp(asked.token, asked.name, asked.password))
}
async function signIn(call: Call): Promise<void> {
  const asked = await bodyOf(call, parseCredentials)
  if (asked)
    enter(
      call,
      await call.parts.accounts.signIn(
        asked.name,
        asked.password,
        addressOf(call.req, call.parts.publicUrl),
      ),
    )
}
function enter({ req, res, parts }: Call, entered: Entered): void {
  if (!entered.ok)
    return refuse(
      res,
      entered.reason === 'slow-down' ? 429 : entered.reason === 'wrong' ? 401 : 409,
      entered.reason,
    )
  const secure = isSecure(req) || parts.publicUrl?.protocol === 'https:'
  sendJson(
    res,
    200,
    { ok: true, name: entered.trainer.name },
    { 'Set-Cookie': sessionCookie(entered.session, secure) },
  )
}
async function signOut(call: Call): Promise<void> {
  const who = await call.parts.accounts.who(call.req.headers.cookie)
  if (who) await call.parts.accounts.signOut(who.session)
  sendJson(call.res, 200, { ok: true }, { 'Set-Cookie': sessionCookie(null, isSecure(call.req)) })
}
async function invite(call: Call): Promise<void> {
  if (!(await trainerOf(call))) return
  const token = call.parts.accounts.invite('setup')
  sendJson(call.res, 200, {
    ok: true,
    link: `${originOf(call.req, call.parts.publicUrl)}/setup?token=${token}`,
  })
}
async function me(call: Call): Promise<void> {
  const who = await call.parts.accounts.who(call.req.headers.cookie)
  sendJson(call.res, 200, { ok: true, name: who?.trainer.name ?? null })
}

async function join(call: Call): Promise<void> {
  if (!perCode.take(addressOf(call.req, call.parts.publicUrl)))
    return refuse(call.res, 429, 'slow-down')
  const asked = await bodyOf(call, parseJoin)
  if (asked) seated(call.res, await call.parts.rooms.join(asked.code, asked.nickname, asked.role))
}

function seated(res: ServerResponse, made: SeatedOr | Refused): void {
  if (!made.ok) return refuse(res, made.status, made.reason)
  const { exercise, seat, token, role } = made
  sendJson(res, 200, {
    ok: true,
    exercise,
    seat,
    token,
    role,
    href: role === 'trainer' ? `/trainer/${exercise}` : `/exercise/${exercise}`,
  })
}

async function lab(call: Call): Promise<void> {
  if (!perMaker.take(addressOf(call.req, call.parts.publicUrl)))
    return refuse(call.res, 429, 'slow-down')
  const asked = await bodyOf(call, parseLab)
  if (!asked) return
  const { module, design } = asked
  if (design !== undefined) {
    const made = designScenario(design)
    if (!made.ok) return refuse(call.res, 409, made.reason)
    if (!made.sides.includes(design.side)) return refuse(call.res, 409, 'no-such-side')
  }
  await alone(call, {
    scenario: design === undefined ? call.parts.labScenario(module) : designSlug(design),
    mode: 'lab',
    role: design?.side ?? 'defender',
    lengthMinutes: undefined,
  })
}
async function rehearse(call: Call): Promise<void> {
  if (!(await trainerOf(call))) return
  const asked = await bodyOf(call, parseRehearse)
  if (asked) await alone(call, { ...asked, lengthMinutes: asked.lengthMinutes, mode: 'rehearsal' })
}

/** One player, against a machine player where one plays the other side; it begins at once. */
async function alone(
  call: Call,
  asked: {
    scenario: string
    mode: 'lab' | 'rehearsal'
    role: 'attacker' | 'defender' | 'customer'
    lengthMinutes: number | undefined
  },
): Promise<void> {
  const { rooms } = call.parts
  const made = await rooms.create({ ...asked, owner: null })
  if (!made.ok) return refuse(call.res, made.status, made.reason)
  const seat = await rooms.seat(made.room, asked.role, 'You')
  if (seat.ok) {
    // Who plays the way of a proof meets nobody: only the control that is off could stop them.
    const other = asked.role === 'defender' ? 'attacker' : 'defender'
    if (other === 'attacker' || asked.mode === 'rehearsal')
      await made.room.submit(robotOf(made.room, other))
    await made.room.submit({ kind: 'PhaseSet', phase: 'running' })
  }
  seated(call.res, seat)
}

async function list(call: Call): Promise<void> {
  if (await trainerOf(call))
    sendJson(call.res, 200, { ok: true, exercises: call.parts.rooms.list() })
}

async function create(call: Call): Promise<void> {
  const trainer = await trainerOf(call)
  if (!trainer) return
  const asked = await bodyOf(call, parseCreate)
  if (!asked) return
  const { rooms } = call.parts
  const made = await rooms.create({
    ...asked,
    lengthMinutes: asked.lengthMinutes,
    seed: asked.seed,
    mode: 'class',
    owner: trainer.id,
  })
  if (!made.ok) return refuse(call.res, made.status, made.reason)
  const seat = await rooms.seat(made.room, 'trainer', trainer.name)
  for (const role of asked.robots ?? []) await made.room.submit(robotOf(made.room, role))
  if (!seat.ok) return refuse(call.res, seat.status, seat.reason)
  const { exercise, token } = seat
  sendJson(call.res, 201, {
    ok: true,
    exercise,
    seat: seat.seat,
    token,
    role: 'trainer',
    code: made.room.code,
    href: `/trainer/${exercise}`,
  })
}

/** A trainer at another browser, or after a cleared one. */
async function trainerSeat(call: Call): Promise<void> {
  const trainer = await trainerOf(call)
  if (!trainer) return
  const room = call.parts.rooms.get(call.id)
  if (!room) return refuse(call.res, 404, 'no-such-exercise')
  if (room.owner !== null && room.owner !== trainer.id) return refuse(call.res, 403, 'not-yours')
  seated(call.res, await call.parts.rooms.seat(room, 'trainer', trainer.name))
}
async function screenSeat(call: Call): Promise<void> {
  if (!(await trainerOf(call))) return
  const room = call.parts.rooms.get(call.id)
  if (!room) return refuse(call.res, 404, 'no-such-exercise')
  seated(call.res, await call.parts.rooms.seat(room, 'screen', 'Screen'))
}

async function debrief(call: Call): Promise<void> {
  if (!(await entitled(call))) return
  const done = await call.parts.rooms.finished(call.id)
  if ('error' in done) return refuse(call.res, done.error === 'not-ended' ? 409 : 404, done.error)
  sendJson(call.res, 200, { ok: true, debrief: debriefOf(done.run.state, done.entries) })
}

async function otherwise(call: Call): Promise<void> {
  if (!(await entitled(call))) return
  const asked = await bodyOf(call, parseChoice)
  if (!asked) return
  const found = await counterfactualOf(call.parts.rooms, call.id, asked.choice)
  if ('error' in found) refuse(call.res, found.error === 'busy' ? 503 : 409, found.error)
  else sendJson(call.res, 200, { ok: true, counterfactual: found })
}

async function exported(call: Call): Promise<void> {
  if (!(await entitled(call))) return
  const done = await call.parts.rooms.finished(call.id)
  if ('error' in done) return refuse(call.res, done.error === 'not-ended' ? 409 : 404, done.error)
  const attachment = {
    'Content-Disposition': `attachment; filename="doorstep-${call.id}.${call.rest}"`,
  }
  if (call.rest === 'csv')
    return sendText(
      call.res,
      200,
      exportCsv(debriefOf(done.run.state, done.entries)),
      'text/csv; charset=utf-8',
      attachment,
    )
  sendText(
    call.res,
    200,
    exportJson(debriefOf(done.run.state, done.entries), done.inputs),
    'application/json; charset=utf-8',
    attachment,
  )
}
