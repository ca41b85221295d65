import { writeDevice } from '../device.ts'
import { readSeat } from '../seat.ts'

/**
 * Asks for the big screen's seat, which the signed-in trainer may open; its token, or an empty
 * text.
 */
export async function takeScreen(exercise: string): Promise<string> {
  try {
    const answer = await fetch(`/api/exercises/${encodeURIComponent(exercise)}/screen`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    const seat = answer.ok ? readSeat(await answer.json()) : undefined
    if (seat === undefined) return ''
    writeDevice(`screen.${exercise}`, seat.token)
    return seat.token
  } catch {
    return ''
  }
}
