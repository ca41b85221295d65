import type { ApiActivity } from '../../engine/event/telemetry.ts'
import { parcelRef, vanRef } from '../world/refs.ts'
import { DEPOT_IP, OFFICE_IP } from '../world/shop-initial.ts'
import { FOUR_EYES_LIMIT_MINOR } from '../world/shop-refunds.ts'
import type { FleetEvent } from '../world/types-logistics.ts'
import type { World, WorldEvent } from '../world/types.ts'
import { base, type Report, type Source } from './report.ts'

type Operation = ApiActivity['api']['operation']
interface Call {
  readonly operation: Operation
  readonly user: string
  readonly ip: string
  readonly resources: readonly { readonly uid: string; readonly type: string }[]
  readonly unmapped?: ApiActivity['unmapped']
}
const DESK = 'control-room'

/**
 * Operations of staff and of the control room, in the shop's back office and in the warehouse
 * system.
 */
export const backoffice: Source = (world, _at, event) => {
  const call = shopCall(world, event) ?? deskCall(event) ?? depotCall(world, event)
  return call === null ? [] : [report(call)]
}

function report(call: Call): Report {
  const depot = call.ip === DEPOT_IP
  return {
    stream: depot ? 'warehouse' : 'office',
    delayMs: 0,
    body: (time, uid): ApiActivity => ({
      class_uid: 6003,
      category_uid: 6,
      activity_id: 99,
      ...base(time, uid, depot ? 'warehouse' : 'back-office', depot ? 'warehouse system' : 'shop'),
      api: { operation: call.operation },
      actor: { user: { uid: call.user } },
      src_endpoint: { ip: call.ip },
      resources: call.resources,
      ...(call.unmapped === undefined ? {} : { unmapped: call.unmapped }),
    }),
  }
}

function shopCall(world: World, event: WorldEvent): Call | null {
  switch (event.kind) {
    case 'RefundRequested':
      return refundCall(world, event.refund, 'refund.request', event.staff)
    case 'RefundApproved':
      return refundCall(world, event.refund, 'refund.approve', event.staff)
    case 'RefundExecuted':
      return refundCall(world, event.refund, 'refund.execute', null)
    case 'RefundRefused':
      return refundCall(world, event.refund, 'refund.refuse', null, event.reason)
    case 'ClaimOpened': {
      const order = world.shop.orders[event.order]
      const customer = order?.customer == null ? undefined : world.shop.customers[order.customer]
      const resources = [{ uid: `order:${order?.number ?? event.order}`, type: 'order' }]
      return {
        operation: 'claim.open',
        user: customer?.account ?? 'guest',
        ip: customer?.ip ?? OFFICE_IP,
        resources,
        unmapped: { reason: event.reason },
      }
    }
    case 'ReviewPosted': {
      const product = world.shop.products[event.product]
      const ip = world.shop.customers.find((one) => one.account === event.author)?.ip ?? OFFICE_IP
      return {
        operation: 'review.post',
        user: event.author,
        ip,
        resources: [{ uid: `product:${product?.slug ?? event.product}`, type: 'product' }],
      }
    }
    case 'DownloadGranted': {
      const order = world.shop.orders[event.order]
      return {
        operation: 'download.grant',
        user: 'shop',
        ip: OFFICE_IP,
        resources: [{ uid: `order:${order?.number ?? event.order}`, type: 'order' }],
      }
    }
    default:
      return null
  }
}

/**
 * A refund is asked for and approved by people; its execution is booked under the name of who
 * asked for it.
 */
function refundCall(
  world: World,
  id: number,
  operation: Operation,
  staffId: number | null,
  reason?: string,
): Call | null {
  const refund = world.shop.refunds[id]
  if (refund === undefined) return null
  const order = world.shop.orders[refund.order]
  const staff = world.shop.staff[staffId ?? refund.requestedBy]
  return {
    operation,
    user: staff?.account ?? 'unknown',
    ip: staff?.ip ?? OFFICE_IP,
    resources: [
      { uid: `refund:${refund.reference}`, type: 'refund' },
      { uid: `order:${order?.number ?? refund.order}`, type: 'order' },
    ],
    unmapped: {
      amount_minor: refund.amountMinor,
      destination: world.shop.cards[refund.destination]?.token ?? '',
      reason: reason ?? refund.reason,
      ...(operation === 'refund.request' ? { four_eyes_limit_minor: FOUR_EYES_LIMIT_MINOR } : {}),
    },
  }
}

/** What the control room does is logged like anybody's work. */
function deskCall(event: WorldEvent): Call | null {
  const call = (operation: Operation, uid: string, type: string): Call => ({
    operation,
    user: DESK,
    ip: OFFICE_IP,
    resources: [{ uid, type }],
  })
  switch (event.kind) {
    case 'HostBlocked':
      return call('host.block', `host:${event.host}`, 'host')
    case 'HostUnblocked':
      return call('host.unblock', `host:${event.host}`, 'host')
    case 'SourceBlocked':
      return call('source.block', `ip:${event.ip}`, 'ip')
    case 'SourceUnblocked':
      return call('source.unblock', `ip:${event.ip}`, 'ip')
    case 'AccountSuspended':
      return call('account.suspend', `account:${event.account}`, 'account')
    case 'RefundsFrozen':
      return call('refunds.freeze', 'service:refunds', 'service')
    case 'RefundsThawed':
      return call('refunds.thaw', 'service:refunds', 'service')
    case 'ParcelHeld':
      return call('parcel.hold', parcelRef(event.parcel), 'parcel')
    case 'ParcelReleased':
      return call('parcel.release', parcelRef(event.parcel), 'parcel')
    case 'VanRecalled':
      return call('van.recall', vanRef(event.van), 'van')
    default:
      return null
  }
}

function depotCall(world: World, event: WorldEvent): Call | null {
  if (event.kind === 'StationWorked' && event.station === 'pack') return label(world, event)
  if (event.kind !== 'TourPlanned' || event.stops.length === 0) return null
  return {
    operation: 'route.plan',
    user: 'dispatch',
    ip: DEPOT_IP,
    resources: [{ uid: vanRef(event.van), type: 'van' }],
    unmapped: {
      stops: event.stops.map(({ place, parcels }) => ({ place, parcels: parcels.map(parcelRef) })),
    },
  }
}

function label(world: World, event: Extract<FleetEvent, { kind: 'StationWorked' }>): Call {
  const parcel = world.logistics.parcels[event.parcel]!
  const order = parcel.order === null ? undefined : world.shop.orders[parcel.order]
  return {
    operation: 'label.print',
    user: event.account ?? 'warehouse',
    ip: DEPOT_IP,
    resources: [
      { uid: parcelRef(event.parcel), type: 'parcel' },
      ...(order === undefined ? [] : [{ uid: `order:${order.number}`, type: 'order' }]),
    ],
    unmapped: { mass_g: parcel.massG },
  }
}

/** The heartbeat of a station's terminal. */
export function heartbeat(station: string): Report {
  return report({
    operation: 'station.heartbeat',
    user: `station-${station}`,
    ip: DEPOT_IP,
    resources: [{ uid: `station:${station}`, type: 'station' }],
  })
}
