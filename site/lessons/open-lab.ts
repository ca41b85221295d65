import { keepSeat, readSeat } from '../seat.ts'
import { changeLab, type LabNotes } from './lab-notes.ts'

export type LabRefusal = 'full' | 'slow-down' | 'offline' | 'failed'
export type LabAnswer =
  { readonly kind: 'open'; readonly href: string } | { readonly kind: LabRefusal }

/** A module's lab, or a workflow with controls off whose counterexample is played. */
export type LabAsked =
  | { readonly module: string }
  | {
      readonly design: {
        readonly workflow: string
        readonly without: readonly string[]
        readonly property?: string
        readonly side: 'attacker' | 'defender' | 'customer'
      }
    }

/**
 * Asks the server for a single-handed lab, and notes on the device where it was opened from. `full`
 * when all places are taken (503), `slow-down` after too many tries (429), `offline` when the
 * server cannot be reached.
 */
export async function openLab(
  asked: LabAsked,
  notes: Pick<LabNotes, 'back' | 'way'>,
): Promise<LabAnswer> {
  let response: Response
  try {
    response = await fetch('/api/lab', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    })
  } catch {
    return { kind: 'offline' }
  }
  if (response.status === 503) return { kind: 'full' }
  if (response.status === 429) return { kind: 'slow-down' }
  if (!response.ok) return { kind: 'failed' }
  const seat = readSeat(await response.json().catch(() => undefined))
  if (!seat) return { kind: 'failed' }
  changeLab(seat.exercise, notes)
  return { kind: 'open', href: keepSeat(seat) }
}
