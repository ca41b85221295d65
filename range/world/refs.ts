/**
 * Entity references as telemetry, alerts and screens write them. Vans carry their index, lockers
 * count from 1.
 */

export function vanRef(van: number): string {
  return `van:${van}`
}
/** Index of a van reference; null if it is none. */
export function vanOf(reference: string): number | null {
  const match = /^van:(\d+)$/.exec(reference)
  return match ? Number(match[1]) : null
}
/** Parcel labels start at P-1000. */
export function parcelRef(parcel: number): string {
  return `parcel:P-${parcel + 1000}`
}
export function parcelOf(reference: string): number | null {
  const match = /^parcel:P-(\d{4,})$/.exec(reference)
  return match ? Number(match[1]) - 1000 : null
}
export function lockerRef(locker: number): string {
  return `locker:L${locker + 1}`
}
export function lockerOf(reference: string): number | null {
  const match = /^locker:L([1-9]\d*)$/.exec(reference)
  return match ? Number(match[1]) - 1 : null
}
