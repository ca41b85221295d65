import { customerBy, staffBy } from './shop-lookup.ts'
import type { ShopCommand, ShopEvent } from './types-shop-change.ts'
import type { World, WorldEvent } from './types.ts'

/** At the site, at people's accounts and money, and what else changes the shop at once. */
type SiteCommand = Extract<
  ShopCommand,
  { kind: 'BlockHost' | 'UnblockHost' | 'BlockSource' | 'UnblockSource' | 'SetVelocityRule' }
>
type PeopleCommand = Extract<
  ShopCommand,
  {
    kind:
      'SuspendAccount' | 'RestoreAccount' | 'FreezeRefunds' | 'ThawRefunds' | 'NotifyCardHolders'
  }
>
type OtherCommand = Extract<
  ShopCommand,
  { kind: 'OpenDrop' | 'StartSale' | 'ChangeTrust' | 'SeatCustomer' }
>
type Decided = readonly WorldEvent[]
const DROPS_MAX = 40
const BLOCKED_MAX = 500

/**
 * What defenders, crews (by renting a host) and the town itself do to the shop at once. What would
 * change nothing, or go beyond a bound, is refused.
 */
export function decideResponse(
  world: World,
  command: SiteCommand | PeopleCommand | OtherCommand,
): Decided {
  switch (command.kind) {
    case 'BlockHost':
    case 'UnblockHost':
    case 'BlockSource':
    case 'UnblockSource':
    case 'SetVelocityRule':
      return decideSite(world, command)
    case 'SuspendAccount':
    case 'RestoreAccount':
    case 'FreezeRefunds':
    case 'ThawRefunds':
    case 'NotifyCardHolders':
      return decidePeople(world, command)
    default:
      return decideOther(world, command)
  }
}

function refuse(command: ShopCommand['kind'], reason: string): Decided {
  return [{ kind: 'CommandRefused', command, reason }]
}

function decideSite({ shop }: World, command: SiteCommand): Decided {
  switch (command.kind) {
    case 'BlockHost':
      return shop.csp.blocked.includes(command.host)
        ? refuse(command.kind, 'host-blocked-already')
        : [{ kind: 'HostBlocked', host: command.host }]
    case 'UnblockHost':
      return shop.csp.blocked.includes(command.host)
        ? [{ kind: 'HostUnblocked', host: command.host }]
        : refuse(command.kind, 'host-not-blocked')
    case 'BlockSource':
      if (shop.blockedIps.includes(command.ip))
        return refuse(command.kind, 'source-blocked-already')
      return shop.blockedIps.length >= BLOCKED_MAX
        ? refuse(command.kind, 'list-full')
        : [{ kind: 'SourceBlocked', ip: command.ip }]
    case 'UnblockSource':
      return shop.blockedIps.includes(command.ip)
        ? [{ kind: 'SourceUnblocked', ip: command.ip }]
        : refuse(command.kind, 'source-not-blocked')
    case 'SetVelocityRule':
      return [{ kind: 'VelocityRuleSet', perMinute: command.perMinute }]
  }
}

function decidePeople(world: World, command: PeopleCommand): Decided {
  const { refundsFrozen } = world.shop
  switch (command.kind) {
    case 'SuspendAccount': {
      const locked = isLocked(world, command.account)
      if (locked === undefined) return refuse(command.kind, 'no-such-account')
      return locked
        ? refuse(command.kind, 'account-suspended-already')
        : [{ kind: 'AccountSuspended', account: command.account }]
    }
    case 'RestoreAccount': {
      const locked = isLocked(world, command.account)
      if (locked === undefined) return refuse(command.kind, 'no-such-account')
      return locked
        ? [{ kind: 'AccountRestored', account: command.account }]
        : refuse(command.kind, 'account-not-suspended')
    }
    case 'FreezeRefunds':
      return refundsFrozen
        ? refuse(command.kind, 'refunds-frozen-already')
        : [{ kind: 'RefundsFrozen' }]
    case 'ThawRefunds':
      return refundsFrozen
        ? [{ kind: 'RefundsThawed' }]
        : refuse(command.kind, 'refunds-not-frozen')
    case 'NotifyCardHolders':
      return notify(world, command.host)
  }
}

function decideOther({ shop, now }: World, command: OtherCommand): Decided {
  switch (command.kind) {
    case 'OpenDrop':
      if (shop.hosts.some((one) => one.host === command.host))
        return refuse(command.kind, 'host-taken')
      return shop.hosts.filter((one) => one.owner === 'drop').length >= DROPS_MAX
        ? refuse(command.kind, 'no-more-hosts')
        : [{ kind: 'DropOpened', host: command.host }]
    case 'ChangeTrust':
      return shop.customers[command.customer]
        ? [{ ...command, kind: 'TrustChanged' }]
        : refuse(command.kind, 'no-such-customer')
    case 'SeatCustomer':
      return shop.customers[command.customer]
        ? [{ ...command, kind: 'CustomerSeated' }]
        : refuse(command.kind, 'no-such-customer')
    case 'StartSale': {
      const until = now + Math.round(command.minutes * 60_000)
      const factorPercent = Math.max(0, Math.min(70, Math.round(command.factorPercent)))
      return [{ kind: 'SaleStarted', until, factorPercent }]
    }
  }
}

/** Whether an account of a customer or of staff is closed; undefined where there is none. */
function isLocked({ shop }: World, account: string): boolean | undefined {
  return customerBy(shop, account)?.locked ?? staffBy(shop, account)?.suspended
}

/** Holders whose card passed through the host are told, and their cards are blocked. */
function notify(world: World, host: string): Decided {
  const known = world.shop.hosts.find((one) => one.host === host)
  if (!known) return refuse('NotifyCardHolders', 'no-such-host')
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
