import type { Fact } from '../mfotl/monitor.ts'
import type { TwinPlan } from '../twin/plan.ts'
import { bare, fact } from './bare.ts'
import { epcisFacts } from './custody-facts.ts'
import type { Json } from './json.ts'
import { operationFacts } from './operation-facts.ts'
import { RefundRequests } from './refund-requests.ts'
import { SessionBook } from './session-book.ts'
import { StopWatch } from './stops.ts'
import type {
  AccountChange,
  ApiActivity,
  Authentication,
  DatastoreActivity,
  EpcisEvent,
  HttpActivity,
  PaymentActivity,
  Telemetry,
} from './telemetry.ts'
import { isEpcis } from './telemetry.ts'

/**
 * Telemetry as facts of `engine/formulas/telemetry.sig`. Ids lose their `kind:`. `refund` is a fact
 * when the money moves, with the person who asked for it; `approve` names that person too. Refund
 * requests and sessions are remembered up to REFUNDS_MAX and SESSIONS_MAX. Without a twin plan
 * every door counts as at a stop, every delivery as at its door.
 */
export class FactReader {
  readonly #requests = new RefundRequests()
  readonly #sessions = new SessionBook()
  readonly #stops: StopWatch | null
  readonly #wanted: ReadonlySet<string> | null

  /** Predicates outside `wanted` give no facts, and what only they need is not looked at. */
  constructor(plan: TwinPlan | null, wanted: ReadonlySet<string> | null = null) {
    this.#stops = plan === null ? null : new StopWatch(plan)
    this.#wanted = wanted
  }

  read(event: Telemetry): Fact[] {
    this.#stops?.see(event)
    const facts = isEpcis(event.body)
      ? this.#epcis(event.body, event)
      : this.#ocsf(event.body as Exclude<Telemetry['body'], EpcisEvent>)
    if (this.#wanted === null || facts.length === 0) return facts
    const { length } = facts
    const kept = facts.filter(({ name }) => this.#wants(name))
    return kept.length === length ? facts : kept
  }

  save(): Json {
    return {
      requests: this.#requests.save(),
      sessions: this.#sessions.save(),
      stops: this.#stops?.save() ?? null,
    }
  }

  restore(saved: Json): void {
    const from = saved as {
      readonly requests: Json
      readonly sessions?: Json
      readonly stops: Json
    }
    this.#requests.restore(from.requests)
    this.#sessions.restore(from.sessions ?? [])
    this.#stops?.restore(from.stops)
  }

  #wants(name: string): boolean {
    return this.#wanted === null || this.#wanted.has(name)
  }

  #ocsf(body: Exclude<Telemetry['body'], EpcisEvent>): Fact[] {
    switch (body.class_uid) {
      case 4002:
        return this.#web(body)
      case 3002:
        return this.#signIn(body)
      case 3001:
        return changed(body)
      case 6003:
        return this.#operation(body)
      case 6005:
        return page(body)
      case 99901:
        return payment(body, this.#wants('buyer') ? this.#sessions : null)
      case 1008:
      case 99902:
        return []
    }
  }

  #web(body: HttpActivity): Fact[] {
    const { http_request: request, session, src_endpoint: source } = body
    const facts = this.#wants('http') ? [http(body)] : []
    const uid = session?.uid ?? ''
    const account = body.actor?.user.uid
    if (uid !== '' && account !== undefined && (this.#wants('session') || this.#wants('buyer'))) {
      const moved = this.#sessions.see(uid, account, source.ip)
      if (moved)
        facts.push(fact('session', uid, bare(account), source.ip, SessionBook.network(source.ip)))
    }
    if (request.http_method !== 'POST') return facts
    const { path } = request.url
    if (path.startsWith('/checkout')) facts.push(fact('checkout', uid, source.ip))
    if (path.startsWith('/cart') && this.#wants('cart')) {
      const form = new URLSearchParams(request.body ?? '')
      const count = Number(form.get('count') ?? '1')
      if (Number.isSafeInteger(count) && count > 0)
        facts.push(fact('cart', uid, source.ip, form.get('product') ?? '', count))
    }
    return facts
  }

  #signIn(body: Authentication): Fact[] {
    if (body.activity_id !== 1) return []
    const [account, { ip }] = [bare(body.user.uid), body.src_endpoint]
    const ok = body.status_id === 1
    const facts = [fact('login', account, ip, ok ? 1 : 0)]
    if (!ok) return facts
    if (body.device !== undefined) facts.push(fact('device', account, bare(body.device.uid)))
    if (body.user.type === 'staff') return [...facts, fact('stafflogin', account, ip)]
    if (body.session !== undefined && this.#wants('buyer'))
      this.#sessions.name(body.session.uid, account)
    return facts
  }

  #operation(body: ApiActivity): Fact[] {
    const { operation } = body.api
    if (operation === 'station.heartbeat') return []
    return operation.startsWith('refund.') ? this.#requests.read(body) : operationFacts(body)
  }

  #epcis(body: EpcisEvent, event: Telemetry): Fact[] {
    const facts = epcisFacts(body, event.time, {
      stops: this.#wants('delivered') ? this.#stops : null,
      light: this.#wants('light'),
    })
    if (this.#stops === null) return facts
    for (const { van, open, atStop } of this.#stops.doors(event)) {
      facts.push(fact('door', bare(van), open ? 1 : 0, atStop ? 1 : 0))
    }
    return facts
  }
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

function changed(body: AccountChange): Fact[] {
  const { field } = body.unmapped
  return field === 'status' || field === undefined
    ? []
    : [fact('changed', bare(body.user.uid), field, body.src_endpoint.ip)]
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

/** With `sessions`, an approved payment also names the account that was signed in. */
function payment(body: PaymentActivity, sessions: SessionBook | null): Fact[] {
  const {
    message,
    merchant_reference: reference,
    amount_minor: amount,
    card,
    response_code: code,
    sca,
  } = body.payment
  const order = bare(reference)
  if (message === 'capture') return code === '00' ? [fact('capture', order, amount)] : []
  if (message === 'chargeback') return [fact('chargeback', order, amount)]
  if (message !== 'authorisation' || code === '1A') return []
  const { ip } = body.src_endpoint
  if (code !== '00') return [fact('payfail', card.token, ip, amount, code)]
  const facts = [fact('pay', order, card.token, ip, amount), fact('authenticated', order, sca)]
  const account = sessions?.accountOf(body.session?.uid ?? '')
  return account === undefined ? facts : [...facts, fact('buyer', order, account, amount)]
}
