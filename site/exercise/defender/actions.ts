import type { Response } from '../../../range/protocol/move.ts'
import { parcelRef } from '../../../range/world/refs.ts'
import { t } from '../../messages.ts'

function parcelLabel(parcel: number): string {
  return parcelRef(parcel).slice('parcel:'.length)
}

/** An action in words, with what it is aimed at. */
export function actionText(action: Response): string {
  switch (action.kind) {
    case 'RestorePage':
      return t('exercise.do.RestorePage', { page: action.page })
    case 'BlockHost':
      return t('exercise.do.BlockHost', { host: action.host })
    case 'UnblockHost':
      return t('exercise.do.UnblockHost', { host: action.host })
    case 'NotifyCardHolders':
      return t('exercise.do.NotifyCardHolders', { host: action.host })
    case 'BlockSource':
      return t('exercise.do.BlockSource', { ip: action.ip })
    case 'UnblockSource':
      return t('exercise.do.UnblockSource', { ip: action.ip })
    case 'SuspendAccount':
      return t('exercise.do.SuspendAccount', { account: action.account })
    case 'RestoreAccount':
      return t('exercise.do.RestoreAccount', { account: action.account })
    case 'SetVelocityRule':
      return action.perMinute === null
        ? t('exercise.do.VelocityOff')
        : t('exercise.do.SetVelocityRule', { count: action.perMinute })
    case 'HoldParcel':
      return t('exercise.do.HoldParcel', { parcel: parcelLabel(action.parcel) })
    case 'ReleaseParcel':
      return t('exercise.do.ReleaseParcel', { parcel: parcelLabel(action.parcel) })
    case 'RecallVan':
      return t('exercise.do.RecallVan', { van: action.van + 1 })
    case 'LockCargo':
      return action.locked
        ? t('exercise.do.LockCargo', { van: action.van + 1 })
        : t('exercise.do.UnlockCargo', { van: action.van + 1 })
    case 'FreezeRefunds':
      return t('exercise.do.FreezeRefunds')
    case 'ThawRefunds':
      return t('exercise.do.ThawRefunds')
    case 'FreezeBook':
    case 'ThawBook':
    case 'ProveChange':
    case 'RebuildBook':
      return t(`exercise.do.${action.kind}`)
  }
}
