import { techniqueOf } from '../attack/catalogue.ts'
import { targetOf } from '../respond/cost.ts'
import { parcelRef, vanRef } from '../world/refs.ts'
import type { BookChange } from '../world/types-book.ts'
import type { Happened, WorldEvent } from '../world/types.ts'
import { endedBy, isDrop, scoreDecision, scoreOf } from './score.ts'
import type { Decision, Loot, RunState, Trail } from './state.ts'
import type { Response } from '../protocol/move.ts'

const HAPPENED_MAX = 20_000
const TALK_MAX = 40
const LOOT_MAX = 400

/**
 * Everything an exercise remembers of what happened: attacks' effects, decisions' effects, points,
 * talk of the town.
 */
export function absorb(state: RunState, list: readonly Happened[]): void {
  for (const happened of list) {
    const run = runOf(state, happened)
    if (run) follow(state, run, happened)
    settle(state, happened)
    state.score.push(...scoreOf(state, happened, run))
    talkOf(state, happened)
    if (happened.event.kind === 'CardHoldersNotified') state.told.add(happened.event.host)
    if (happened.event.kind === 'ParcelStolen')
      state.reported.stolenFrom.set(happened.event.parcel, happened.event.van)
  }
}

/**
 * The attack that an event belongs to: by its cause, or because the mechanism is the attack's own
 * (drop, diversion).
 */
export function runOf(state: RunState, happened: Happened): Trail | null {
  const { cause, event } = happened
  if (cause.kind === 'attack') return state.trails[cause.run] ?? null
  if (event.kind === 'HostCalled' && isDrop(state, event.host)) {
    return (
      state.trails.find((attack) =>
        attack.happened.some(
          ({ event: own }) => own.kind === 'DropOpened' && own.host === event.host,
        ),
      ) ?? null
    )
  }
  if (event.kind === 'ParcelStolen' || event.kind === 'VanDiverted')
    return state.trails[event.run] ?? null
  if (event.kind === 'BookSettled' && event.restMinor > 0) return lastToChange(state, () => true)
  if (event.kind === 'BookClaimRefused') {
    const { number } = state.town.world().shop.orders[event.order]!
    return lastToChange(state, (own) => 'entry' in own && own.entry.order === number)
  }
  return null
}

/** The attack whose hand was the last in the book in such a way. */
function lastToChange(state: RunState, fits: (change: BookChange) => boolean): Trail | null {
  return (
    state.trails.findLast((trail) =>
      trail.happened.some(({ event }) => event.kind === 'BookChanged' && fits(event.change)),
    ) ?? null
  )
}

function follow(state: RunState, trail: Trail, happened: Happened): void {
  if (trail.happened.length < HAPPENED_MAX && TRACES.has(happened.event.kind))
    trail.happened.push(happened)
  witness(state, trail, happened)
  const { event, at } = happened
  const { shop, logistics } = state.town.world()
  const take = (kind: Loot['kind'], what: string, worth: number): void => {
    trail.lastLoss = at
    if (state.loot.length < LOOT_MAX) state.loot.push({ at, run: trail.run, kind, what, worth })
  }
  switch (event.kind) {
    case 'HostCalled': {
      if (event.card === null) break
      const card = shop.cards[event.card]
      trail.cards++
      take('card', `${card?.bin ?? ''}•• •••• ${card?.last4 ?? ''}`, 20)
      break
    }
    case 'PaymentAnswered': {
      if (event.response !== '00') break
      const card = shop.cards[shop.transactions[event.transaction]?.card ?? -1]
      trail.cards++
      take('working-card', `•••• ${card?.last4 ?? ''}`, 10)
      break
    }
    case 'RefundExecuted': {
      const minor = shop.refunds[event.refund]?.amountMinor ?? 0
      trail.lostMinor += minor
      take('money', `#${event.refund}`, Math.round(minor / 1000))
      break
    }
    case 'BookSettled':
      trail.lostMinor += event.restMinor
      take('settled', `#${event.round + 1}`, Math.round(event.restMinor / 1000))
      break
    case 'BookClaimRefused':
      trail.lastLoss = at
      break
    case 'ParcelStolen': {
      trail.parcels++
      trail.lostMinor += logistics.parcels[event.parcel]?.valueMinor ?? 0
      take('parcel', parcelRef(event.parcel).slice('parcel:'.length), 100)
      break
    }
    default:
      break
  }
}

/** Kinds that score, debrief or containment ask about later; the rest is counted and let go. */
const TRACES: ReadonlySet<WorldEvent['kind']> = new Set([
  'HostCalled',
  'PagePublished',
  'DropOpened',
  'PaymentAnswered',
  'HttpServed',
  'RefundRequested',
  'RefundExecuted',
  'RefundRefused',
  'VanDiverted',
  'GpsSpoofed',
  'ParcelStolen',
  'VanRecalled',
  'CommandRefused',
  'BookChanged',
  'BookSettled',
  'BookClaimRefused',
])

function witness(state: RunState, trail: Trail, happened: Happened): void {
  const world = state.town.world()
  const run = world.attacks.runs[trail.run]
  if (!run) return
  const seen = techniqueOf(trail.technique).witness(world, run, happened)
  for (const actor of seen.actors) trail.actors.add(actor)
  for (const target of seen.targets) trail.targets.add(target)
  if (!seen.effect) return
  trail.firstEffect ??= happened.at
  trail.lastEffect = happened.at
}

/** Which event tells that a response works. */
const EFFECT: Readonly<Partial<Record<WorldEvent['kind'], Response['kind']>>> = {
  PageRestored: 'RestorePage',
  HostBlocked: 'BlockHost',
  HostUnblocked: 'UnblockHost',
  SourceBlocked: 'BlockSource',
  SourceUnblocked: 'UnblockSource',
  AccountSuspended: 'SuspendAccount',
  AccountRestored: 'RestoreAccount',
  RefundsFrozen: 'FreezeRefunds',
  RefundsThawed: 'ThawRefunds',
  VelocityRuleSet: 'SetVelocityRule',
  CardHoldersNotified: 'NotifyCardHolders',
  ParcelHeld: 'HoldParcel',
  ParcelReleased: 'ReleaseParcel',
  VanRecalled: 'RecallVan',
  CargoLocked: 'LockCargo',
  BookFrozen: 'FreezeBook',
  BookThawed: 'ThawBook',
  BookChangeProven: 'ProveChange',
  BookRebuilt: 'RebuildBook',
}

function settle(state: RunState, happened: Happened): void {
  const { event, cause, at } = happened
  if (cause.kind !== 'player' && cause.kind !== 'playbook') return
  if (event.kind === 'CommandRefused') {
    const decision = state.decisions.find(
      (one) => one.effect === 'pending' && one.action.kind === event.command && one.due <= at,
    )
    if (decision) {
      decision.effect = 'refused'
      decision.reason = event.reason
      decision.doneAt = at
    }
    return
  }
  const kind = EFFECT[event.kind]
  if (kind === undefined) return
  const target = targetOfEvent(event)
  const decision = state.decisions.find(
    (one) =>
      one.effect === 'pending' &&
      one.action.kind === kind &&
      (target === null || targetOf(one.action) === target),
  )
  if (!decision) return
  decision.effect = 'done'
  decision.doneAt = at
  state.score.push(...scoreDecision(state, decision, at))
  contain(state, decision, at)
}

function targetOfEvent(event: WorldEvent): string | null {
  switch (event.kind) {
    case 'PageRestored':
      return `page:${event.page}`
    case 'HostBlocked':
    case 'HostUnblocked':
    case 'CardHoldersNotified':
      return `host:${event.host}`
    case 'SourceBlocked':
    case 'SourceUnblocked':
      return `ip:${event.ip}`
    case 'AccountSuspended':
    case 'AccountRestored':
      return `account:${event.account}`
    case 'ParcelHeld':
    case 'ParcelReleased':
      return parcelRef(event.parcel)
    case 'VanRecalled':
    case 'CargoLocked':
      return vanRef(event.van)
    case 'BookFrozen':
    case 'BookThawed':
    case 'BookChangeProven':
    case 'BookRebuilt':
      return 'device:book'
    default:
      return null
  }
}

/**
 * When a decision ended what an attack could still do, the attack is contained from then on. One
 * that gains again was not: the next decision that fits counts.
 */
function contain(state: RunState, { action }: Decision, at: number): void {
  for (const attack of state.trails) {
    const held = attack.containedAt !== null && (attack.lastLoss ?? 0) <= attack.containedAt
    if (!held && attack.startsAt <= at && endedBy(state, attack, action)) attack.containedAt = at
  }
}

function talkOf(state: RunState, happened: Happened): void {
  const { event, at } = happened
  const say = (key: string, params: Record<string, string | number> = {}): void => {
    state.talk.push({ at, key, params })
    if (state.talk.length > TALK_MAX) state.talk.splice(0, state.talk.length - TALK_MAX)
  }
  switch (event.kind) {
    case 'ChargebackOpened':
      say('chargeback')
      break
    case 'ClaimOpened':
      say('claim', { reason: event.reason })
      break
    case 'BookClaimRefused':
      say('not-believed')
      break
    case 'ParcelPutInLocker':
      say('in-locker', {
        parcel: event.parcel,
        locker: state.town.world().logistics.lockers[event.locker]?.name ?? '',
      })
      break
    case 'SaleStarted':
      say('sale')
      break
    case 'RefundsFrozen':
      say('refunds-slow')
      break
    case 'CardHoldersNotified':
      say('notified', { count: event.count })
      break
    case 'TyreFlat':
      say('flat-tyre', { van: event.van + 1 })
      break
    case 'VanRecalled':
      say('recalled', { van: event.van + 1 })
      break
    default:
      break
  }
}
