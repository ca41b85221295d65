import { keepSeat, readSeat } from '../seat.ts'

/**
 * Asks for a seat at an exercise's console, which its signed-in trainer may have on any device; its
 * token, or ''.
 */
export async function claimConsole(exercise: string): Promise<string> {
  try {
    const answer = await fetch(`/api/exercises/${encodeURIComponent(exercise)}/seat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    const seat = answer.ok ? readSeat(await answer.json()) : undefined
    if (seat === undefined) return ''
    keepSeat(seat)
    return seat.token
  } catch {
    return ''
  }
}
