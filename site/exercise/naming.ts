import { t } from '../messages.ts'
import { entity } from './format.ts'

const KINDS = [
  'ip',
  'card',
  'staff',
  'page',
  'host',
  'van',
  'parcel',
  'account',
  'order',
  'refund',
  'locker',
  'device',
  'witness',
] as const

/** Detectors count vans from 0, people from 1: `van:0` becomes `van:1`, `van 0` becomes `van 1`. */
export function forPeople(text: string): string {
  return text.replace(/\b(van[: ])(\d+)\b/g, (_, kind: string, id: string) =>
    kind.concat(String(Number(id) + 1)),
  )
}

/** A search as a person writes it, with van numbers as references count them. */
export function forSearch(text: string): string {
  return text.replace(/\bvan:(\d+)\b/gi, (_, id: string) => `van:${Math.max(0, Number(id) - 1)}`)
}

/**
 * What an entity reference is called on a screen: `van:1` is Van 2, `ip:192.0.2.1` is its address.
 */
export function nameOf(reference: string): string {
  const { kind, id } = entity(reference)
  return kind === 'van' ? t('exercise.van', { number: Number(id) + 1 }) : id
}

/** The word for its kind, empty where the name says it already. */
export function kindOf(reference: string): string {
  const { kind } = entity(reference)
  if (kind === 'van') return ''
  const known = KINDS.find((one) => one === kind)
  return t(`exercise.kind-of.${known ?? 'other'}`)
}
