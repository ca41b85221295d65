import type { Detector, Finding } from '../alert/finding.ts'
import { bare } from '../event/bare.ts'
import type { Json } from '../event/json.ts'
import type { ApiActivity, Telemetry } from '../event/telemetry.ts'
import { isEpcis } from '../event/telemetry.ts'

/** A working day: refunds are compared over this long. */
export const SPAN_MS = 8 * 3_600_000
/**
 * Refunds, and orders whose paying card is known, that are kept; the oldest are forgotten beyond.
 */
export const REFUNDS_MAX = 4096
export const ORDERS_MAX = 16_384
/** What is assumed of colleagues before they have done anything: one foreign refund in twelve. */
export const PRIOR_FOREIGN = 1
export const PRIOR_REFUNDS = 12
/**
 * Chance, under the colleagues' rate, below which one person's foreign refunds open an incident, or
 * wait for company.
 */
export const SUFFICIENT_CHANCE = 0.0005
export const WEAK_CHANCE = 0.01
export const FOREIGN_MIN = 3

interface Refund {
  readonly time: number
  readonly staff: string
  readonly order: string
  readonly destination: string
  readonly foreign: boolean
  readonly uid: string
}

/**
 * Kind M, attack I1: one person's refunds to cards that did not pay the order, against the rate of
 * all colleagues (binomial tail with a prior, so that a small office judges nobody by one refund).
 * Orders whose payment was not seen are left out. Several such refunds to one card count again for
 * each beyond the first.
 */
export function createRefundPeers(): Detector {
  return new RefundPeers()
}

class RefundPeers implements Detector {
  readonly name = 'refund-peers'
  #refunds: Refund[] = []
  readonly #payers = new Map<string, string>()

  see(event: Telemetry): Finding[] {
    const { body } = event
    if (isEpcis(body)) return []
    if (
      body.class_uid === 99901 &&
      body.payment.message === 'authorisation' &&
      body.payment.response_code === '00'
    ) {
      this.#payers.set(bare(body.payment.merchant_reference), body.payment.card.token)
      if (this.#payers.size > ORDERS_MAX)
        this.#payers.delete(this.#payers.keys().next().value as string)
      return []
    }
    if (body.class_uid !== 6003 || body.api.operation !== 'refund.execute') return []
    const refund = this.#refundOf(body, event)
    if (refund === null) return []
    this.#refunds = [
      ...this.#refunds.filter((each) => event.time - each.time < SPAN_MS),
      refund,
    ].slice(-REFUNDS_MAX)
    return refund.foreign ? this.#judge(refund, event.time) : []
  }

  tick(): Finding[] {
    return []
  }

  save(): Json {
    return { refunds: this.#refunds.map((each) => ({ ...each })), payers: [...this.#payers] }
  }

  restore(saved: Json): void {
    const from = structuredClone(saved) as unknown as {
      refunds: Refund[]
      payers: [string, string][]
    }
    this.#refunds = from.refunds
    this.#payers.clear()
    for (const [order, card] of from.payers) this.#payers.set(order, card)
  }

  #refundOf(body: ApiActivity, event: Telemetry): Refund | null {
    const order = body.resources.find(({ uid }) => uid.startsWith('order:'))
    const payer = order === undefined ? undefined : this.#payers.get(bare(order.uid))
    const destination = bare(body.unmapped?.destination ?? '')
    if (order === undefined || payer === undefined || destination === '') return null
    const staff = bare(body.actor.user.uid)
    return {
      time: event.time,
      staff,
      order: bare(order.uid),
      destination,
      foreign: destination !== payer,
      uid: event.uid,
    }
  }

  #judge(refund: Refund, now: number): Finding[] {
    const own = this.#refunds.filter((each) => each.staff === refund.staff)
    const peers = this.#refunds.filter((each) => each.staff !== refund.staff)
    const foreign = own.filter((each) => each.foreign)
    const cards = new Set(foreign.map((each) => each.destination))
    const repeats = foreign.length - cards.size
    const rate =
      (peers.filter((each) => each.foreign).length + PRIOR_FOREIGN) / (peers.length + PRIOR_REFUNDS)
    const chance = binomialTail(own.length + repeats, foreign.length + repeats, rate)
    if (foreign.length < FOREIGN_MIN || chance > WEAK_CHANCE) return []
    const sufficient = chance <= SUFFICIENT_CHANCE
    const lead = [`staff:${refund.staff}`]
    return [
      {
        time: now,
        kind: 'M',
        detector: this.name,
        family: 'insider',
        severity: sufficient ? 4 : 2,
        title: `${refund.staff} refunds to cards that did not pay, far oftener than colleagues`,
        lead,
        entities: [...lead, ...[...cards].slice(-8).map((card) => `card:${card}`)],
        evidence: foreign.slice(-16).map((each) => each.uid),
        score: sufficient ? Math.min(0.95, 0.6 + 0.35 * (1 - chance / SUFFICIENT_CHANCE)) : 0.25,
        attack: 'I1',
        contributions: [
          {
            feature: 'refunds-to-cards-that-did-not-pay',
            weight: foreign.length / (foreign.length + repeats),
          },
          { feature: 'repeated-destination', weight: repeats / (foreign.length + repeats) },
        ],
      },
    ]
  }
}

/**
 * Chance of at least `k` of `n` at rate `p`, by multiplication alone: exact to rounding for n up to
 * some thousands.
 */
function binomialTail(n: number, k: number, p: number): number {
  if (k <= 0) return 1
  let term = 1
  for (let i = 0; i < n; i += 1) term *= 1 - p
  let below = 0
  for (let i = 0; i < k; i += 1) {
    below += term
    term *= ((n - i) / (i + 1)) * (p / (1 - p))
  }
  return Math.max(0, 1 - below)
}
