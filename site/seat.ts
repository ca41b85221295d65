import { writeDevice } from './device.ts'

/** A seat in an exercise, as /api/join and /api/lab hand it out. */
export type Seat = { readonly exercise: string; readonly token: string; readonly href?: string }

/** The seat inside an answer of the server, or undefined when it is none. */
export function readSeat(body: unknown): Seat | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const { exercise, token, href } = body as Record<string, unknown>
  if (typeof exercise !== 'string' || typeof token !== 'string') return undefined
  return typeof href === 'string' && href.startsWith('/') && !href.startsWith('//')
    ? { exercise, token, href }
    : { exercise, token }
}

/** Keeps the seat's resume token on this device and returns the address of its page. */
export function keepSeat(seat: Seat): string {
  writeDevice(`seat.${seat.exercise}`, seat.token)
  return seat.href ?? `/exercise/${encodeURIComponent(seat.exercise)}`
}
