import { customerBy, staffBy } from './shop-lookup.ts'
import type { ShopCommand, ShopEvent } from './types-shop-change.ts'
import type { World, WorldEvent } from './types.ts'

type Response = Extract<
  ShopCommand,
  {
    kind:
      | 'OpenDrop'
      | 'BlockHost'
      | 'UnblockHost'
      | 'BlockSource'
      | 'UnblockSource'
      | 'SuspendAccount'
      | 'RestoreAccount'
      | 'FreezeRefunds'
      | 'ThawRefunds'
      | 'SetVelocityRule'
      | 'NotifyCardHolders'
      | 'StartSale'
      | 'ChangeTrust'
      | 'SeatCustomer'
  }
>
const DROPS_MAX = 40
const BLOCKED_MAX = 500

/**
 * What defenders (and a criminal who rents a host) do to the shop at once; what changes nothing is
 * refused.
 */
export function decideResponse(world: World, command: Response): readonly WorldEvent[] {
  const { shop } = world
  const refuse = (reason: string): readonly WorldEvent[] => [
    { kind: 'CommandRefused', command: command.kind, reason },
  ]
  switch (command.kind) {
    case 'OpenDrop':
      if (shop.hosts.some((one) => one.host === command.host)) return refuse('host-taken')
      return shop.hosts.length >= DROPS_MAX
        ? refuse('no-more-hosts')
        : [{ kind: 'DropOpened', host: command.host }]
    case 'BlockHost':
      return shop.csp.blocked.includes(command.host)
        ? refuse('host-blocked-already')
        : [{ kind: 'HostBlocked', host: command.host }]
    case 'UnblockHost':
      return shop.csp.blocked.includes(command.host)
        ? [{ kind: 'HostUnblocked', host: command.host }]
        : refuse('host-not-blocked')
    case 'BlockSource':
      if (shop.blockedIps.includes(command.ip)) return refuse('source-blocked-already')
      return shop.blockedIps.length >= BLOCKED_MAX
        ? refuse('list-full')
        : [{ kind: 'SourceBlocked', ip: command.ip }]
    case 'UnblockSource':
      return shop.blockedIps.includes(command.ip)
        ? [{ kind: 'SourceUnblocked', ip: command.ip }]
        : refuse('source-not-blocked')
    case 'SuspendAccount':
      return (
        account(world, command.account, true) ?? [
          { kind: 'AccountSuspended', account: command.account },
        ]
      )
    case 'RestoreAccount':
      return (
        account(world, command.account, false) ?? [
          { kind: 'AccountRestored', account: command.account },
        ]
      )
    case 'FreezeRefunds':
      return shop.refundsFrozen ? refuse('refunds-frozen-already') : [{ kind: 'RefundsFrozen' }]
    case 'ThawRefunds':
      return shop.refundsFrozen ? [{ kind: 'RefundsThawed' }] : refuse('refunds-not-frozen')
    case 'SetVelocityRule':
      return [{ kind: 'VelocityRuleSet', perMinute: command.perMinute }]
    case 'NotifyCardHolders':
      return notify(world, command.host)
    case 'ChangeTrust':
      return shop.customers[command.customer]
        ? [{ ...command, kind: 'TrustChanged' }]
        : refuse('no-such-customer')
    case 'SeatCustomer':
      return shop.customers[command.customer]
        ? [{ ...command, kind: 'CustomerSeated' }]
        : refuse('no-such-customer')
    case 'StartSale':
      return [
        {
          kind: 'SaleStarted',
          until: world.now + Math.round(command.minutes * 60_000),
          factorPercent: Math.max(0, Math.min(70, Math.round(command.factorPercent))),
        },
      ]
  }
}

function account(world: World, name: string, locked: boolean): readonly WorldEvent[] | null {
  const command = locked ? 'SuspendAccount' : 'RestoreAccount'
  const row = customerBy(world.shop, name)?.locked ?? staffBy(world.shop, name)?.suspended
  if (row === undefined) return [{ kind: 'CommandRefused', command, reason: 'no-such-account' }]
  if (row === locked)
    return [
      {
        kind: 'CommandRefused',
        command,
        reason: locked ? 'account-suspended-already' : 'account-not-suspended',
      },
    ]
  return null
}

/**
 * Holders whose card passed through the host are told; their cards are blocked and they are, for
 * once, told in time.
 */
function notify(world: World, host: string): readonly WorldEvent[] {
  const known = world.shop.hosts.find((one) => one.host === host)
  if (!known)
    return [{ kind: 'CommandRefused', command: 'NotifyCardHolders', reason: 'no-such-host' }]
  const holders = [
    ...new Set(known.collected.map((one) => one.customer).filter((one) => one !== null)),
  ]
  const trust = holders.map((customer): ShopEvent => ({
    kind: 'TrustChanged',
    customer,
    deltaMilli: -3_000,
    reason: 'notified',
  }))
  return [{ kind: 'CardHoldersNotified', host, count: holders.length }, ...trust]
}
