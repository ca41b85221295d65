import type { FullRun } from '../exercise/run.ts'
import type { Role } from '../protocol/view.ts'
import type { exercises } from './database.ts'
import type { Room } from './room.ts'

export type Mode = 'class' | 'rehearsal' | 'lab'
export interface Seated {
  readonly exercise: string
  readonly seat: string
  readonly token: string
  readonly role: Role
}
export interface Refused {
  readonly ok: false
  readonly status: number
  readonly reason: string
}
export type Holder =
  | { readonly room: Room; readonly seat: string; readonly role: Role }
  | 'unknown'
  | 'ended'
  | 'removed'
export type SeatedOr = ({ readonly ok: true } & Seated) | Refused
export interface ExerciseRow {
  readonly id: string
  readonly code: string
  readonly scenario: string
  readonly title: string
  readonly mode: Mode
  readonly createdAt: number
  readonly endedAt: number | null
  readonly trouble: string | null
  readonly phase: string
  readonly seats: number
}

/** A line of the trainer's list; without a run it is over. */
export function exerciseRow(
  row: typeof exercises.$inferSelect,
  run: FullRun | undefined,
): ExerciseRow {
  const { id, code, scenario, title, mode, createdAt, endedAt, trouble } = row
  const [phase, seats] = [run?.phase() ?? 'ended', run?.seats().length ?? 0]
  return { id, code, scenario, title, mode, createdAt, endedAt, trouble, phase, seats }
}
