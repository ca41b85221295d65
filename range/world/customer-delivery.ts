import { chance, range, Stream } from './draw.ts'
import { hash32 } from './key.ts'
import type { Order } from './types-shop.ts'
import type { Cause, Command, Happened, Scheduled, World } from './types.ts'

const MINUTE = 60_000

/**
 * What customers make of their deliveries: trust gained or lost, claims about what is late,
 * spoiled, wrong or missing.
 */
export function deliveryReacts(world: World, { event, cause }: Happened): readonly Scheduled[] {
  switch (event.kind) {
    case 'OrderPaid':
      return secondThoughts(world, world.shop.orders[event.order]!)
    case 'ParcelDelivered':
      return delivered(world, event.parcel, event.late)
    case 'ParcelPutInLocker':
      return delivered(world, event.parcel, false)
    case 'ParcelSpoiled':
      return upset(world, cause, event.parcel, {
        reason: 'spoiled',
        deltaMilli: -7_000,
        claims: 800,
        withinMin: 40,
      })
    case 'ParcelStolen':
      return upset(world, cause, event.parcel, {
        reason: 'not-arrived',
        deltaMilli: -15_000,
        claims: 950,
        withinMin: 90,
      })
    default:
      return []
  }
}

/** Some change their mind, or ordered the wrong size, whether or not the parcel has come. */
function secondThoughts(world: World, order: Order): readonly Scheduled[] {
  if (order.customer === null || world.shop.customers[order.customer]!.player) return []
  const { seed } = world.config
  const entity = hash32(order.number)
  if (!chance(420, seed, Stream.customerReturn, entity, 0)) return []
  const reason = ['changed-mind', 'wrong-size', 'wrong-size', 'damaged', 'ordered-twice'][
    range(5, seed, Stream.customerReturn, entity, 1)
  ]!
  return [
    claim(
      world,
      { kind: 'town' },
      order,
      reason,
      8 + range(140, seed, Stream.customerReturn, entity, 2),
    ),
  ]
}
function delivered(world: World, parcel: number, late: boolean): readonly Scheduled[] {
  return late
    ? upset(world, { kind: 'town' }, parcel, {
        reason: 'late',
        deltaMilli: -2_500,
        claims: 260,
        withinMin: 30,
      })
    : upset(world, { kind: 'town' }, parcel, {
        reason: 'in-time',
        deltaMilli: 250,
        claims: 0,
        withinMin: 1,
      })
}
function upset(
  world: World,
  cause: Cause,
  parcel: number,
  how: { reason: string; deltaMilli: number; claims: number; withinMin: number },
): readonly Scheduled[] {
  const id = world.logistics.parcels[parcel]?.order ?? null
  const order = id === null ? null : world.shop.orders[id]!
  if (!order || order.customer === null) return []
  const entity = hash32(order.number)
  const { seed } = world.config
  const felt = schedule(
    world,
    cause,
    order,
    {
      kind: 'ChangeTrust',
      customer: order.customer,
      deltaMilli: how.deltaMilli,
      reason: how.reason,
    },
    0,
  )
  const player = world.shop.customers[order.customer]!.player
  if (player || !chance(how.claims, seed, Stream.customerReturn, entity, 3)) return [felt]
  return [
    felt,
    claim(
      world,
      cause,
      order,
      how.reason,
      2 + range(how.withinMin, seed, Stream.customerReturn, entity, 4),
    ),
  ]
}
function claim(
  world: World,
  cause: Cause,
  order: Order,
  reason: string,
  minutes: number,
): Scheduled {
  return schedule(world, cause, order, { kind: 'OpenClaim', order: order.id, reason }, minutes)
}
function schedule(
  world: World,
  cause: Cause,
  order: Order,
  command: Command,
  minutes: number,
): Scheduled {
  return {
    at: world.now + minutes * MINUTE,
    entity: hash32(order.number),
    ordinal: 0,
    command,
    cause,
  }
}
