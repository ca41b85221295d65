import { t } from '../messages.ts'

const VAN = /^(scanner|device):van-(\d+)(?:-(tracker|cargo|door))?$/

/** What a device is called: `scanner:van-0` is the courier's scanner of Van 1. */
export function deviceWords(device: string): string {
  const [, kind, van, part] = VAN.exec(device) ?? []
  const number = Number(van) + 1
  if (kind === 'scanner' && part === undefined) return t('tamper.trail.device.courier', { number })
  if (kind === 'device' && part !== undefined)
    return t(`tamper.trail.device.van.${part as 'tracker'}`, { number })
  if (device === 'scanner:depot') return t('tamper.trail.device.gate')
  if (device.startsWith('device:parcel-')) return t('tamper.trail.device.parcel')
  const id = device.replace(/^[^:]*:/, '')
  if (device.startsWith('locker:')) return t('tamper.trail.device.locker', { id })
  return device.startsWith('scanner:') ? t('tamper.trail.device.clerk', { who: id }) : id
}

/** A did:key for the eye: its beginning, which all have, and what tells it from others. */
export function shortDid(did: string): string {
  return `${did.slice(0, 'did:key:z6Mk'.length + 4)}…${did.slice(-6)}`
}
