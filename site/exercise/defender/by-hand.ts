import type { Response } from '../../../range/protocol/move.ts'
import type { DefenderView } from '../../../range/protocol/view.ts'
import { parcelRef } from '../../../range/world/refs.ts'
import { t } from '../../messages.ts'

/** Actions that a defender may take without an incident, in the order in which they are offered. */
export const HAND_KINDS = [
  'RestorePage',
  'BlockHost',
  'BlockSource',
  'SuspendAccount',
  'FreezeRefunds',
  'SetVelocityRule',
  'NotifyCardHolders',
  'HoldParcel',
  'RecallVan',
  'LockCargo',
] as const
export type HandKind = (typeof HAND_KINDS)[number]

/** What an action is aimed at: chosen from a list, typed, or nothing. */
export type Aim =
  | {
      readonly kind: 'list'
      readonly options: readonly { readonly value: string; readonly label: string }[]
    }
  | { readonly kind: 'text'; readonly example: string; readonly known: readonly string[] }
  | { readonly kind: 'none' }

const list = (values: readonly string[], label = (value: string): string => value): Aim => ({
  kind: 'list',
  options: values.map((value) => ({ value, label: label(value) })),
})

/** Ids of one kind that open incidents name: offered while typing. */
function named(view: DefenderView, kind: string): readonly string[] {
  const all = view.incidents.flatMap((one) => [...one.lead, ...one.entities])
  return [...new Set(all)]
    .filter((one) => one.startsWith(`${kind}:`))
    .map((one) => one.slice(kind.length + 1))
    .slice(0, 40)
}

export function aimOf(kind: HandKind, view: DefenderView): Aim {
  const vans = view.map.vans.map((van) => String(van.van))
  const vanLabel = (value: string): string => t('exercise.van', { number: Number(value) + 1 })
  switch (kind) {
    case 'RestorePage':
      return list(view.pages.map((page) => page.page))
    case 'BlockHost':
    case 'NotifyCardHolders':
      return { kind: 'text', example: 'cdn.example', known: named(view, 'host') }
    case 'BlockSource':
      return { kind: 'text', example: '192.0.2.7', known: named(view, 'ip') }
    case 'SuspendAccount':
      return list(view.state.accounts.filter((one) => !view.state.suspended.includes(one)))
    case 'SetVelocityRule':
      return list(['2', '4', '8', '20'], (value) =>
        t('exercise.hand.a-minute', { count: Number(value) }),
      )
    case 'HoldParcel':
      return list(
        view.parcels.filter((parcel) => !parcel.held).map((parcel) => String(parcel.parcel)),
        (value) => {
          const parcel = view.parcels.find((one) => String(one.parcel) === value)
          return `${parcelRef(Number(value)).slice('parcel:'.length)}, ${parcel?.address ?? ''}`
        },
      )
    case 'RecallVan':
      return list(vans, vanLabel)
    case 'LockCargo':
      return list(
        vans.filter((van) => !view.state.lockedVans.includes(Number(van))),
        vanLabel,
      )
    case 'FreezeRefunds':
      return { kind: 'none' }
  }
}

/** The action as it is sent, or null while it has no target. */
export function handAction(kind: HandKind, target: string): Response | null {
  if (kind === 'FreezeRefunds') return { kind }
  const aim = target.trim().slice(0, 64)
  if (aim === '') return null
  switch (kind) {
    case 'RestorePage':
      return { kind, page: aim as Extract<Response, { kind: 'RestorePage' }>['page'] }
    case 'BlockHost':
    case 'NotifyCardHolders':
      return { kind, host: aim }
    case 'BlockSource':
      return { kind, ip: aim }
    case 'SuspendAccount':
      return { kind, account: aim }
    case 'SetVelocityRule':
      return { kind, perMinute: Number(aim) }
    case 'HoldParcel':
      return { kind, parcel: Number(aim) }
    case 'RecallVan':
      return { kind, van: Number(aim) }
    case 'LockCargo':
      return { kind, van: Number(aim), locked: true }
  }
}

/**
 * A measure in force with the action that lifts it; recalled vans and told people cannot be taken
 * back.
 */
export interface InForce {
  readonly text: string
  readonly undo: Response
}

export function inForce(view: DefenderView): readonly InForce[] {
  const { state } = view
  return [
    ...state.blockedHosts.map((host): InForce => ({
      text: t('exercise.force.BlockHost', { host }),
      undo: { kind: 'UnblockHost', host },
    })),
    ...state.blockedIps.map((ip): InForce => ({
      text: t('exercise.force.BlockSource', { ip }),
      undo: { kind: 'UnblockSource', ip },
    })),
    ...state.suspended.map((account): InForce => ({
      text: t('exercise.force.SuspendAccount', { account }),
      undo: { kind: 'RestoreAccount', account },
    })),
    ...(state.refundsFrozen
      ? [{ text: t('exercise.force.FreezeRefunds'), undo: { kind: 'ThawRefunds' } } as const]
      : []),
    ...(view.book?.frozen
      ? [{ text: t('exercise.force.FreezeBook'), undo: { kind: 'ThawBook' } } as const]
      : []),
    ...(state.velocityPerMinute === null
      ? []
      : [
          {
            text: t('exercise.force.SetVelocityRule', { count: state.velocityPerMinute }),
            undo: { kind: 'SetVelocityRule', perMinute: null },
          } as const,
        ]),
    ...view.parcels
      .filter((parcel) => parcel.held)
      .map((parcel): InForce => ({
        text: t('exercise.force.HoldParcel', {
          parcel: parcelRef(parcel.parcel).slice('parcel:'.length),
        }),
        undo: { kind: 'ReleaseParcel', parcel: parcel.parcel },
      })),
    ...state.lockedVans.map((van): InForce => ({
      text: t('exercise.force.LockCargo', { van: van + 1 }),
      undo: { kind: 'LockCargo', van, locked: false },
    })),
  ]
}
