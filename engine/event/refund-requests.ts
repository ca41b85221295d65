import type { Fact } from '../mfotl/monitor.ts'
import { bare, fact } from './bare.ts'
import type { Json } from './json.ts'
import { resource } from './operation-facts.ts'
import type { ApiActivity } from './telemetry.ts'

/**
 * Refund requests remembered, to know at approval and execution who asked; the oldest are forgotten
 * beyond.
 */
export const REFUNDS_MAX = 4096

interface Request {
  readonly staff: string
  readonly amount: number
  readonly destination: string
  readonly limit: number | null
}

/** What refunds say, and who asked for which. */
export class RefundRequests {
  readonly #requests = new Map<string, Request>()

  read(body: ApiActivity): Fact[] {
    const { operation } = body.api
    const order = resource(body, 'order')
    if (order === null) return []
    const actor = bare(body.actor.user.uid)
    const acted = fact('acted', actor, body.src_endpoint.ip, order)
    if (operation === 'refund.request') return [acted, ...this.#requested(body, order, actor)]
    const asked = this.#requests.get(order)
    if (operation === 'refund.approve')
      return [acted, fact('approve', order, asked?.staff ?? actor, actor)]
    if (operation !== 'refund.execute') return []
    const amount = body.unmapped?.amount_minor ?? asked?.amount ?? 0
    const destination = bare(body.unmapped?.destination ?? asked?.destination ?? '')
    const limit = body.unmapped?.four_eyes_limit_minor ?? asked?.limit ?? null
    const facts = [fact('refund', order, asked?.staff ?? actor, amount, destination)]
    return limit === null ? facts : [...facts, fact('limit', order, limit)]
  }

  save(): Json {
    return [...this.#requests].map(([order, request]) => ({ order, request: { ...request } }))
  }

  restore(saved: Json): void {
    this.#requests.clear()
    for (const { order, request } of saved as unknown as { order: string; request: Request }[])
      this.#requests.set(order, { ...request })
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
}
