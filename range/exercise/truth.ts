import { techniqueOf } from '../attack/catalogue.ts'
import type { RunState } from './state.ts'
import type { Truth } from './types.ts'

/**
 * What was really done, from the world's own causes. Only scoring, trainer and debrief may call it.
 */
export function truthOf(state: RunState): readonly Truth[] {
  const { runs } = state.town.world().attacks
  return state.trails.map((trail) => {
    const run = runs[trail.run]
    const live = run === undefined || run.endedAt === null
    return {
      attack: trail.technique,
      run: trail.run,
      family: techniqueOf(trail.technique).family,
      actors: [...trail.actors],
      targets: [...trail.targets],
      start: trail.startsAt,
      firstEffect: trail.firstEffect,
      end: live ? null : Math.max(run.endedAt ?? 0, trail.lastEffect ?? 0),
    }
  })
}
