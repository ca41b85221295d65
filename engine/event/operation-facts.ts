import type { Fact } from '../mfotl/monitor.ts'
import { bare, fact } from './bare.ts'
import type { ApiActivity } from './telemetry.ts'

/** What one operation of the back office, the warehouse or a locker says; refunds apart. */
export function operationFacts(body: ApiActivity): Fact[] {
  const actor = bare(body.actor.user.uid)
  const amount = body.unmapped?.amount_minor ?? 0
  const of = (kind: string, make: (id: string) => Fact): Fact[] => {
    const id = resource(body, kind)
    return id === null ? [] : [make(id)]
  }
  const { ip } = body.src_endpoint
  switch (body.api.operation) {
    case 'claim.open':
      return of('order', (o) => fact('claim', o, actor, body.unmapped?.reason ?? ''))
    case 'label.print':
      return of('order', (o) => fact('label', resource(body, 'parcel') ?? '', o))
    case 'route.plan':
      return planned(body)
    case 'parcel.hold':
      return of('parcel', (p) => fact('onhold', p, actor))
    case 'download.grant':
      return of('order', (o) => fact('granted', o))
    case 'order.place':
      return of('order', (o) => fact('priced', o, amount))
    case 'age.require':
      return of('order', (o) => fact('agerequired', o))
    case 'age.check':
      return of('order', (o) => fact('agechecked', o))
    case 'giftcard.issue':
      return of('giftcard', (k) => fact('issued', k, resource(body, 'order') ?? ''))
    case 'giftcard.redeem':
      return of('giftcard', (k) => fact('redeemed', k, actor, ip))
    case 'supplier.account':
      return of('supplier', (s) => fact('supplieraccount', s, actor))
    case 'supplier.call-back':
      return of('supplier', (s) => fact('calledback', s, actor))
    case 'supplier.pay':
      return of('supplier', (s) => fact('supplierpaid', s, actor, amount))
    case 'cash.collect':
      return of('order', (o) => fact('cash', actor, o, amount))
    case 'cash.bank':
      return [fact('banked', actor, amount)]
    case 'locker.code':
      return of('locker', (l) => fact('coded', l, resource(body, 'parcel') ?? ''))
    case 'locker.open':
      return of('locker', (l) => fact('unlocked', l, resource(body, 'parcel') ?? ''))
    default:
      return []
  }
}

/** Which parcel is to go where, by the plan of a tour. */
function planned(body: ApiActivity): Fact[] {
  return (body.unmapped?.stops ?? []).flatMap(({ place, parcels }) =>
    parcels.map((parcel) => fact('planned', bare(parcel), bare(place))),
  )
}

export function resource(body: ApiActivity, kind: string): string | null {
  const found = body.resources.find(({ uid, type }) => uid.startsWith(`${kind}:`) || type === kind)
  return found === undefined ? null : bare(found.uid)
}
