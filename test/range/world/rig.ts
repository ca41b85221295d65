import { attacks } from '../../../range/attack/crew.ts'
import { advance, apply, createSim, mount, type Sim } from '../../../range/world/kernel.ts'
import { logistics } from '../../../range/world/logistics.ts'
import { initialShop } from '../../../range/world/shop-initial.ts'
import type { ShopState } from '../../../range/world/types-shop.ts'
import type { ShopCommand, ShopEvent } from '../../../range/world/types-shop-change.ts'
import type { FleetCommand } from '../../../range/world/types-logistics.ts'
import type {
  Cause,
  Command,
  Happened,
  Part,
  World,
  WorldConfig,
} from '../../../range/world/types.ts'

export const START = 32_400_000
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
const TOWN: Cause = { kind: 'town' }

/** A shop in which nothing happens, so that the physical side can be watched alone. */
const quietShop: Part<ShopState, ShopCommand, ShopEvent> = {
  commands: [],
  events: [],
  initial: initialShop,
  opening: () => [],
  decide: () => [],
  evolve: (state) => state,
  react: () => [],
  meters: (meters) => meters,
}

export function configOf(seed: number, twins: WorldConfig['twins'] = {}): WorldConfig {
  return {
    seed,
    start: START,
    customers: 200,
    vans: 3,
    twins,
    controls: {
      fourEyes: true,
      sca: true,
      serverSidePrice: true,
      velocityRule: true,
      cspReportOnly: true,
      pageApproval: false,
      signedHandover: false,
    },
  }
}
/** No mishaps at all. */
export const CALM = Object.fromEntries(
  [
    'flatTyre',
    'detour',
    'trafficJam',
    'lateVan',
    'doorForgotten',
    'gpsDropout',
    'gpsCanyon',
    'lockerFault',
  ].map((name) => [name, 0]),
)

export interface Rig {
  readonly sim: Sim
  readonly log: Happened[]
  /** Runs to `minutes` after the start. */
  readonly to: (minutes: number) => Rig
  readonly give: (command: Command, cause?: Cause) => readonly Happened[]
  readonly world: () => World
  /** Runs minute by minute until the predicate holds; fails after 8 hours. */
  readonly until: (holds: (world: World) => boolean) => Rig
}
export function rig(seed: number, twins: WorldConfig['twins'] = {}): Rig {
  const sim = createSim(configOf(seed, twins), [
    mount('shop', quietShop),
    mount('logistics', logistics),
    mount('attacks', attacks),
  ])
  const log: Happened[] = []
  const note = (happened: Happened): void => void log.push(happened)
  const self: Rig = {
    sim,
    log,
    world: () => sim.world,
    to: (minutes) => (advance(sim, START + minutes * MINUTE, note), self),
    give: (command, cause = TOWN) => apply(sim, command, cause, note),
    until: (holds) => {
      while (!holds(sim.world)) {
        if (sim.world.now > START + 8 * HOUR) throw new Error('never happened')
        advance(sim, sim.world.now + 10_000, note)
      }
      return self
    },
  }
  return self
}

/** Takes in an order's parcel the way the shop would. */
export function takeIn(
  order: number,
  address: string,
  over: Partial<Extract<FleetCommand, { kind: 'TakeIn' }>> = {},
): FleetCommand {
  return { kind: 'TakeIn', order, massG: 900, valueMinor: 4_900, cold: false, address, ...over }
}
