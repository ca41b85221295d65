import type { Fact } from '../mfotl/monitor.ts'
import type { TwinPlan } from '../twin/plan.ts'
import type { Json } from './json.ts'
import { StopWatch } from './stops.ts'
import type {
  ApiActivity,
  DatastoreActivity,
  EpcisEvent,
  HttpActivity,
  PaymentActivity,
  Telemetry,
} from './telemetry.ts'
import { isEpcis } from './telemetry.ts'

/**
 * Refund requests remembered, to know at approval and execution who asked; the oldest are forgotten
 * beyond.
 */
export const REFUNDS_MAX = 4096

/**
 * Telemetry as facts of `engine/formulas/telemetry.sig`. Ids lose their `kind:`. `refund` is a fact
 * when the money moves, with the person who asked for it; `approve` names that person too. Requests
 * are remembered up to REFUNDS_MAX orders. Without a twin plan every door counts as at a stop.
 */
export class FactReader {
  readonly #requests = new Map<string, Request>()
  readonly #stops: StopWatch | null

  constructor(plan: TwinPlan | null) {
    this.#stops = plan === null ? null : new StopWatch(plan)
  }

  read(event: Telemetry): Fact[] {
    const { body } = event
    this.#stops?.see(event)
    if (isEpcis(body)) return this.#epcis(body, event)
    switch (body.class_uid) {
      case 4002:
        return [http(body)]
      case 3002: {
        const ok = body.status_id === 1 ? 1 : 0
        return body.activity_id === 1
          ? [fact('login', bare(body.user.uid), body.src_endpoint.ip, ok)]
          : []
      }
      case 6003:
        return this.#api(body)
      case 6005:
        return page(body)
      case 99901:
        return payment(body)
      case 3001:
        return []
      case 1008:
        return []
    }
  }

  save(): Json {
    const requests = [...this.#requests].map(([order, request]) => ({
      order,
      request: { ...request },
    }))
    return { requests, stops: this.#stops?.save() ?? null }
  }

  restore(saved: Json): void {
    const from = saved as unknown as {
      requests: { order: string; request: Request }[]
      stops: Json
    }
    this.#requests.clear()
    for (const { order, request } of from.requests) this.#requests.set(order, { ...request })
    this.#stops?.restore(from.stops)
  }

  #api(body: ApiActivity): Fact[] {
    const { operation } = body.api
    const order = resource(body, 'order')
    if (order === null) return []
    const actor = bare(body.actor.user.uid)
    if (operation === 'refund.request') return this.#requested(body, order, actor)
    const asked = this.#requests.get(order)
    if (operation === 'refund.approve')
      return [fact('approve', order, asked?.staff ?? actor, actor)]
    if (operation !== 'refund.execute') return []
    const amount = body.unmapped?.amount_minor ?? asked?.amount ?? 0
    const destination = bare(body.unmapped?.destination ?? asked?.destination ?? '')
    const limit = body.unmapped?.four_eyes_limit_minor ?? asked?.limit ?? null
    const facts = [fact('refund', order, asked?.staff ?? actor, amount, destination)]
    return limit === null ? facts : [...facts, fact('limit', order, limit)]
  }

  #requested(body: ApiActivity, order: string, staff: string): Fact[] {
    const {
      amount_minor: amount = 0,
      destination = '',
      four_eyes_limit_minor: limit = null,
    } = body.unmapped ?? {}
    this.#requests.delete(order)
    this.#requests.set(order, { staff, amount, destination, limit })
    if (this.#requests.size > REFUNDS_MAX)
      this.#requests.delete(this.#requests.keys().next().value as string)
    return limit === null ? [] : [fact('limit', order, limit)]
  }

  #epcis(body: EpcisEvent, event: Telemetry): Fact[] {
    const facts: Fact[] = []
    if (body.bizStep !== 'sensor_reporting') {
      const [place, actor] = [bare(body.readPoint.id), bare(body['doorstep:actor'] ?? '')]
      for (const parcel of body.epcList)
        facts.push(fact('scan', bare(parcel), body.bizStep, place, actor))
    }
    if (this.#stops === null) return facts
    for (const { van, open, atStop } of this.#stops.doors(event)) {
      facts.push(fact('door', bare(van), open ? 1 : 0, atStop ? 1 : 0))
    }
    return facts
  }
}

interface Request {
  readonly staff: string
  readonly amount: number
  readonly destination: string
  readonly limit: number | null
}

function fact(name: string, ...args: (string | number)[]): Fact {
  return { name, args }
}

/** The id without its `kind:`. */
export function bare(ref: string): string {
  return ref.replace(/^[a-z]+:/, '')
}

function resource(body: ApiActivity, kind: string): string | null {
  const found = body.resources.find(({ uid, type }) => uid.startsWith(`${kind}:`) || type === kind)
  return found === undefined ? null : bare(found.uid)
}

function http(body: HttpActivity): Fact {
  const { http_request: request, http_response: response, session, src_endpoint: source } = body
  return fact(
    'http',
    source.ip,
    session?.uid ?? '',
    request.http_method,
    request.url.path,
    response.code,
  )
}

function page(body: DatastoreActivity): Fact[] {
  const { operation, page: at, via, approved_by: approvedBy } = body.unmapped
  const [name, actor] = [bare(at.uid), bare(body.actor.user.uid)]
  if (operation === 'sign') {
    const facts = [fact('signed', name, at.revision, actor)]
    return via === 'release' ? [...facts, fact('release', `${name}@${at.revision}`, actor)] : facts
  }
  if (operation !== 'publish' && operation !== 'restore') return []
  const facts = [
    fact('publish', name, at.revision, actor, operation === 'restore' ? 'restore' : via),
  ]
  const reviewed = approvedBy !== null && bare(approvedBy) !== actor
  return reviewed ? [...facts, fact('review', name, at.revision, bare(approvedBy))] : facts
}

function payment(body: PaymentActivity): Fact[] {
  const {
    message,
    merchant_reference: reference,
    amount_minor: amount,
    card,
    response_code: code,
  } = body.payment
  const order = bare(reference)
  if (message === 'capture') return code === '00' ? [fact('capture', order, amount)] : []
  if (message === 'chargeback') return [fact('chargeback', order, amount)]
  if (message !== 'authorisation' || code === '1A') return []
  if (code === '00') return [fact('pay', order, card.token, body.src_endpoint.ip, amount)]
  return [fact('payfail', card.token, body.src_endpoint.ip, amount, code)]
}
