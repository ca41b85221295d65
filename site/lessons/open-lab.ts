import { keepSeat, readSeat } from '../seat.ts'
import { changeLab } from './lab-notes.ts'

export type LabRefusal = 'full' | 'slow-down' | 'offline' | 'failed'
export type LabAnswer =
  { readonly kind: 'open'; readonly href: string } | { readonly kind: LabRefusal }

/**
 * Asks the server for a single-handed lab of a module, whose page is at `back`. `full` when all
 * places are taken (503), `slow-down` after too many tries (429), `offline` when the server cannot
 * be reached.
 */
export async function openLab(module: string, back: string): Promise<LabAnswer> {
  let response: Response
  try {
    response = await fetch('/api/lab', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ module }),
    })
  } catch {
    return { kind: 'offline' }
  }
  if (response.status === 503) return { kind: 'full' }
  if (response.status === 429) return { kind: 'slow-down' }
  if (!response.ok) return { kind: 'failed' }
  const seat = readSeat(await response.json().catch(() => undefined))
  if (!seat) return { kind: 'failed' }
  changeLab(seat.exercise, { back })
  return { kind: 'open', href: keepSeat(seat) }
}
