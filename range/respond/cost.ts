import type { Response } from '../protocol/move.ts'
import { parcelRef, vanRef } from '../world/refs.ts'

/**
 * What an action takes: virtual seconds of a member of staff until it works, and money in minor
 * units.
 */
export interface ResponseCost {
  readonly seconds: number
  readonly costMinor: number
}

const COSTS: Readonly<Record<Response['kind'], ResponseCost>> = {
  RestorePage: { seconds: 20, costMinor: 0 },
  BlockHost: { seconds: 5, costMinor: 0 },
  UnblockHost: { seconds: 5, costMinor: 0 },
  BlockSource: { seconds: 5, costMinor: 0 },
  UnblockSource: { seconds: 5, costMinor: 0 },
  SuspendAccount: { seconds: 10, costMinor: 0 },
  RestoreAccount: { seconds: 10, costMinor: 0 },
  FreezeRefunds: { seconds: 5, costMinor: 0 },
  ThawRefunds: { seconds: 5, costMinor: 0 },
  SetVelocityRule: { seconds: 15, costMinor: 0 },
  NotifyCardHolders: { seconds: 240, costMinor: 150 },
  HoldParcel: { seconds: 15, costMinor: 200 },
  ReleaseParcel: { seconds: 15, costMinor: 0 },
  RecallVan: { seconds: 30, costMinor: 2500 },
  LockCargo: { seconds: 5, costMinor: 0 },
  FreezeBook: { seconds: 10, costMinor: 0 },
  ThawBook: { seconds: 10, costMinor: 0 },
  ProveChange: { seconds: 30, costMinor: 0 },
  RebuildBook: { seconds: 90, costMinor: 1200 },
}

export function costOf(kind: Response['kind']): ResponseCost {
  return COSTS[kind]
}

/** What the action is aimed at, as an entity reference, for decisions and their effects. */
export function targetOf(action: Response): string {
  switch (action.kind) {
    case 'RestorePage':
      return `page:${action.page}`
    case 'BlockHost':
    case 'UnblockHost':
    case 'NotifyCardHolders':
      return `host:${action.host}`
    case 'BlockSource':
    case 'UnblockSource':
      return `ip:${action.ip}`
    case 'SuspendAccount':
    case 'RestoreAccount':
      return `account:${action.account}`
    case 'HoldParcel':
    case 'ReleaseParcel':
      return parcelRef(action.parcel)
    case 'RecallVan':
    case 'LockCargo':
      return vanRef(action.van)
    case 'SetVelocityRule':
      return action.perMinute === null ? 'rule:off' : `rule:${action.perMinute}`
    case 'FreezeRefunds':
    case 'ThawRefunds':
      return 'refunds'
    case 'FreezeBook':
    case 'ThawBook':
    case 'ProveChange':
    case 'RebuildBook':
      return 'device:book'
  }
}
