import type { Telemetry } from '../../engine/event/telemetry.ts'
import { createObserver, observe } from '../telemetry/observe.ts'
import { advance, apply, worldDigest } from '../world/kernel.ts'
import { createTownSim } from '../world/town-sim.ts'
import type { Cause, Command, Happened, Milliseconds, World, WorldConfig } from '../world/types.ts'

/** The world with its telemetry: what an exercise drives. */
export interface Town {
  readonly world: () => World
  /** Runs all that is due up to `until` and returns what happened. */
  readonly advance: (until: Milliseconds) => readonly Happened[]
  /** A command at once, at now. */
  readonly apply: (command: Command, cause: Cause) => readonly Happened[]
  /**
   * Telemetry that has arrived by now, of what happened since the last call; times never decrease.
   */
  readonly report: (happened: readonly Happened[]) => readonly Telemetry[]
  readonly digest: () => string
}

export function createTown(config: WorldConfig): Town {
  const sim = createTownSim(config)
  let observer = createObserver(config)
  return {
    world: () => sim.world,
    advance: (until) => {
      const list: Happened[] = []
      advance(sim, until, (happened) => list.push(happened))
      return list
    },
    apply: (command, cause) => apply(sim, command, cause, () => {}),
    report: (happened) => {
      const seen = observe(sim.world, happened, observer)
      observer = seen.state
      return seen.telemetry
    },
    digest: () => worldDigest(sim),
  }
}
