/**
 * How the exercise's numbers are written. Money comes in cents, times in virtual milliseconds of
 * the town's day.
 */
const euro = new Intl.NumberFormat('en', {
  style: 'currency',
  currency: 'EUR',
  maximumFractionDigits: 0,
})
const euroCents = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' })

export function money(minor: number, exact = false): string {
  return (exact ? euroCents : euro).format(minor / 100)
}
/** Trust from 0 to 100 with one decimal: one customer of hundreds moves it by that little. */
export function trust(milli: number): string {
  return (milli / 1000).toFixed(1)
}
/** `09:41` */
export function hour(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  return `${pad(Math.floor(minutes / 60) % 24)}:${pad(minutes % 60)}`
}
/** `09:41:26` */
export function clock(ms: number): string {
  return `${hour(ms)}:${pad(Math.floor(ms / 1000) % 60)}`
}
export function minutesLeft(now: number, endsAt: number, speed: number): number {
  return Math.max(0, Math.ceil((endsAt - now) / 60_000 / Math.max(0.01, speed)))
}
function pad(value: number): string {
  return String(value).padStart(2, '0')
}
/** The id part of an entity reference, and its kind. */
export function entity(reference: string): { kind: string; id: string } {
  const at = reference.indexOf(':')
  return { kind: reference.slice(0, at), id: reference.slice(at + 1) }
}
