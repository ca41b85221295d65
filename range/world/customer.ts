import { chance, draw, range, Stream } from './draw.ts'
import { ln } from './detmath.ts'
import { EXTRA_VISITS_FROM, planVisit, requestFor } from './customer-visit.ts'
import { deliveryReacts } from './customer-delivery.ts'
import { handle } from './storefront.ts'
import type { Customer } from './types-shop.ts'
import type { Cause, Happened, Milliseconds, Scheduled, World, WorldEvent } from './types.ts'

const TOWN: Cause = { kind: 'town' }
const HOUR = 3_600_000

/** Everybody's first visit of the day. */
export function firstVisits(world: World): readonly Scheduled[] {
  return world.shop.customers.map((one) => wakeUp(one.id, 0, world.now + gapMs(world, one, 0)))
}
export function wakeUp(customer: number, visit: number, at: Milliseconds): Scheduled {
  return {
    at,
    entity: customer,
    ordinal: visit,
    command: { kind: 'CustomerWakes', customer, visit },
    cause: TOWN,
  }
}

/** Begins a visit; a customer whom a person plays sleeps. */
export function wake(world: World, customer: number, visit: number): readonly WorldEvent[] {
  const row = world.shop.customers[customer]
  if (!row)
    return [{ kind: 'CommandRefused', command: 'CustomerWakes', reason: 'no-such-customer' }]
  return [{ kind: 'CustomerTurned', customer, visit, step: -1 }]
}
/** Step `step` of the visit's plan: one request, which may turn out to be needless. */
export function continueVisit(
  world: World,
  customer: number,
  visit: number,
  step: number,
): readonly WorldEvent[] {
  const plan = planVisit(world, customer, visit)
  const action = plan[step]
  const turned: WorldEvent = { kind: 'CustomerTurned', customer, visit, step }
  if (!action) return [turned]
  const request = requestFor(world, customer, visit, action)
  return request === null ? [turned] : [...handle(world, request).events, turned]
}

/** A customer's own life goes on; deliveries, sales and letters bring more of it. */
export function customersReact(world: World, happened: Happened): readonly Scheduled[] {
  const { event } = happened
  switch (event.kind) {
    case 'CustomerTurned':
      return nextStep(world, event)
    case 'SaleStarted':
      return crowd(world, EXTRA_VISITS_FROM, 330, event.until - world.now)
    case 'CustomerSeated':
      return event.player ? [] : [wakeUp(event.customer, EXTRA_VISITS_FROM - 1, world.now + HOUR)]
    default:
      return deliveryReacts(world, happened)
  }
}
function nextStep(
  world: World,
  turned: { customer: number; visit: number; step: number },
): readonly Scheduled[] {
  const { customer, visit, step } = turned
  const row = world.shop.customers[customer]!
  const next =
    step === -1 && visit < EXTRA_VISITS_FROM
      ? [wakeUp(customer, visit + 1, world.now + gapMs(world, row, visit + 1))]
      : []
  const action = row.player ? undefined : planVisit(world, customer, visit)[step + 1]
  if (!action) return next
  return [
    ...next,
    {
      at: world.now + action.afterMs,
      entity: customer,
      ordinal: visit * 100 + step + 1,
      cause: TOWN,
      command: { kind: 'CustomerContinues', customer, visit, step: step + 1 },
    },
  ]
}
/** Some customers, drawn one by one, come by within `withinMs`, most of them early. */
export function crowd(
  world: World,
  visit: number,
  permille: number,
  withinMs: number,
): readonly Scheduled[] {
  const { seed } = world.config
  return world.shop.customers
    .filter((one) => chance(permille, seed, Stream.twinEvent, one.id, visit))
    .map((one) => {
      const lot = range(1_000_000, seed, Stream.twinEvent, one.id, visit + 1)
      return wakeUp(
        one.id,
        visit,
        world.now + 20_000 + Math.floor((((withinMs * lot) / 1_000_000) * lot) / 1_000_000),
      )
    })
}

/** Visits in eight hours that a customer of average keenness makes. */
const VISITS_PER_DAY = 4.4
/** Share of the average by hour of day. */
const BY_HOUR = [
  2, 1, 1, 1, 1, 3, 5, 7, 8, 9, 10, 11, 13, 12, 10, 9, 9, 10, 12, 14, 13, 10, 7, 4,
].map((tenths) => tenths / 10)

/** Time to the next visit: exponential, by the hour of day, the customer's keenness and trust. */
function gapMs(world: World, customer: Customer, visit: number): number {
  const { seed } = world.config
  const keen = 400 + range(1200, seed, Stream.customerTraits, customer.id, 30)
  const hour = BY_HOUR[Math.floor(world.now / HOUR) % 24]!
  const trust = Math.max(0.2, 1 - Math.max(0, 82_000 - customer.trustMilli) / 60_000)
  const mean = (8 * HOUR * 1000) / (VISITS_PER_DAY * keen * hour * trust)
  const [hi] = draw(seed, Stream.customerDay, customer.id, visit)
  return 1_000 + Math.min(12 * HOUR, Math.floor(-ln((hi + 1) / 4_294_967_297) * mean))
}
