import type { Cause, Command, Scheduled, World } from './types.ts'

export const TOWN: Cause = { kind: 'town' }
export const MINUTE = 60_000

/** A command of the office's own, `minutes` from now. */
export function later(
  world: World,
  minutes: number,
  entity: number,
  ordinal: number,
  command: Command,
): Scheduled {
  return { at: world.now + Math.round(minutes * MINUTE), entity, ordinal, command, cause: TOWN }
}
