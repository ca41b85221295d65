import { browserReacts } from './customer-browser.ts'
import { continueVisit, customersReact, firstVisits, wake } from './customer.ts'
import { evolveShop, SHOP_EVENTS, type ShopHears } from './shop-evolve.ts'
import { initialShop } from './shop-initial.ts'
import { shopMeters } from './shop-meters.ts'
import { decidePages } from './shop-pages.ts'
import { decideRefunds } from './shop-refunds.ts'
import { decideResponse } from './shop-responses.ts'
import { bankAnswers, capture, openChargeback, paymentsReact } from './payment-later.ts'
import { staffOpening, staffReacts, staffWorks } from './staff.ts'
import { handle } from './storefront.ts'
import type { ShopState } from './types-shop.ts'
import type { ShopCommand, ShopEvent } from './types-shop-change.ts'
import type { Part, World, WorldEvent } from './types.ts'

const COMMANDS: readonly ShopCommand['kind'][] = [
  'Http',
  'CustomerWakes',
  'CustomerContinues',
  'BankAnswers',
  'StaffWorks',
  'RequestRefund',
  'ApproveRefund',
  'ExecuteRefund',
  'RefuseRefund',
  'PublishPage',
  'SignPage',
  'InspectPages',
  'OpenDrop',
  'OpenClaim',
  'CapturePayment',
  'OpenChargeback',
  'ChangeTrust',
  'SeatCustomer',
  'RestorePage',
  'BlockHost',
  'UnblockHost',
  'BlockSource',
  'UnblockSource',
  'SuspendAccount',
  'RestoreAccount',
  'FreezeRefunds',
  'ThawRefunds',
  'SetVelocityRule',
  'NotifyCardHolders',
  'StartSale',
  'ReleaseShop',
]
/** The shop, its payment provider, its customers and its staff, as one part of the world. */
export const shop: Part<ShopState, ShopCommand, ShopEvent | ShopHears> = {
  commands: COMMANDS,
  events: SHOP_EVENTS,
  initial: initialShop,
  opening: (world) => [...firstVisits(world), ...staffOpening(world)],
  decide,
  evolve: evolveShop,
  react: (world, happened) => [
    ...browserReacts(world, happened),
    ...customersReact(world, happened),
    ...paymentsReact(world, happened),
    ...staffReacts(world, happened),
  ],
  meters: shopMeters,
}

function decide(world: World, command: ShopCommand): readonly WorldEvent[] {
  switch (command.kind) {
    case 'Http':
      return handle(world, command.request).events
    case 'CustomerWakes':
      return wake(world, command.customer, command.visit)
    case 'CustomerContinues':
      return continueVisit(world, command.customer, command.visit, command.step)
    case 'BankAnswers':
      return bankAnswers(world, command.transaction)
    case 'CapturePayment':
      return capture(world, command.order)
    case 'OpenChargeback':
      return openChargeback(world, command.card, command.host)
    case 'StaffWorks':
      return staffWorks(world, command.staff, command.turn)
    case 'OpenClaim':
      return openClaim(world, command.order, command.reason)
    case 'RequestRefund':
    case 'ApproveRefund':
    case 'ExecuteRefund':
    case 'RefuseRefund':
      return decideRefunds(world, command)
    case 'PublishPage':
    case 'SignPage':
    case 'InspectPages':
    case 'RestorePage':
    case 'ReleaseShop':
      return decidePages(world, command)
    default:
      return decideResponse(world, command)
  }
}
function openClaim(world: World, order: number, reason: string): readonly WorldEvent[] {
  const row = world.shop.orders[order]
  if (!row || row.status === 'failed')
    return [{ kind: 'CommandRefused', command: 'OpenClaim', reason: 'no-such-order' }]
  if (world.shop.claims.some((one) => one.order === order))
    return [{ kind: 'CommandRefused', command: 'OpenClaim', reason: 'claim-open-already' }]
  return [{ kind: 'ClaimOpened', order, reason }]
}
