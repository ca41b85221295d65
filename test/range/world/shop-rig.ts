import { attacks } from '../../../range/attack/crew.ts'
import { advance, apply, createSim, mount, type Sim } from '../../../range/world/kernel.ts'
import { shop } from '../../../range/world/shop.ts'
import { SHOP_HOST } from '../../../range/world/shop-scripts.ts'
import { createTownSim } from '../../../range/world/town-sim.ts'
import type { AttackParams } from '../../../range/world/types-attack.ts'
import type { ShopRequest, ShopResponse } from '../../../range/world/types-shop.ts'
import type {
  Cause,
  Command,
  Happened,
  World,
  WorldConfig,
  WorldEvent,
} from '../../../range/world/types.ts'

export const START = 32_400_000
export const MINUTE = 60_000
const PLAYER: Cause = { kind: 'player', seat: 'c1' }

export function configOf(
  seed: number,
  over: Partial<WorldConfig['controls']> = {},
  twins: WorldConfig['twins'] = {},
): WorldConfig {
  const controls = {
    fourEyes: true,
    sca: true,
    serverSidePrice: true,
    velocityRule: false,
    cspReportOnly: true,
    pageApproval: false,
    signedHandover: false,
    ...over,
  }
  return { seed, start: START, customers: 200, vans: 3, twins, controls }
}
/** Twins of the shop that would disturb a test about one thing. */
export const PLAIN: WorldConfig['twins'] = Object.fromEntries(
  [
    'sale',
    'release',
    'gift-rush',
    'forgotten-password',
    'marketing-tag',
    'dependency-update',
    'declined-card',
    'clumsy-refund',
  ].map((name) => [name, 0]),
)

/** An editor's change, nothing on the page and asked of nobody unless said. */
export function edit(
  over: Partial<Extract<Command, { kind: 'PublishPage' }>> = {},
): Extract<Command, { kind: 'PublishPage' }> {
  return {
    kind: 'PublishPage',
    page: 'home',
    author: 'x',
    via: 'editor',
    approvedBy: null,
    scripts: [],
    ...over,
  }
}

export interface ShopRig {
  readonly sim: Sim
  readonly log: Happened[]
  readonly world: () => World
  /** Runs to `minutes` after the start. */
  readonly to: (minutes: number) => ShopRig
  readonly give: (command: Command, cause?: Cause) => readonly Happened[]
  readonly launch: (technique: string, params?: AttackParams) => ShopRig
  /** A person's browser: one request, its answer. */
  readonly ask: (
    method: 'GET' | 'POST',
    path: string,
    form?: ShopRequest['form'],
    over?: Partial<ShopRequest>,
  ) => ShopResponse
  readonly events: <K extends WorldEvent['kind']>(
    kind: K,
    cause?: Cause['kind'],
  ) => Extract<WorldEvent, { kind: K }>[]
}
/** The shop with crews but without logistics, or the whole town. */
export function shopRig(config: WorldConfig, whole = false): ShopRig {
  const sim = whole
    ? createTownSim(config)
    : createSim(config, [mount('shop', shop), mount('attacks', attacks)])
  const log: Happened[] = []
  const note = (happened: Happened): void => void log.push(happened)
  const self: ShopRig = {
    sim,
    log,
    world: () => sim.world,
    to: (minutes) => (advance(sim, START + minutes * MINUTE, note), self),
    give: (command, cause = PLAYER) => apply(sim, command, cause, note),
    launch: (technique, params = {}) => {
      const run = sim.world.attacks.runs.length
      apply(
        sim,
        { kind: 'LaunchAttack', run, technique, params, delayMs: 0 },
        { kind: 'attack', run },
        note,
      )
      return self
    },
    ask: (method, path, form = {}, over = {}) => {
      const [plain, query = ''] = path.split('?') as [string, string?]
      const request: ShopRequest = {
        method,
        host: SHOP_HOST,
        path: plain,
        query,
        form,
        session: 'aaaaaaaaaaaaaaaa',
        ip: '100.70.1.2',
        agent: 'test',
        referrer: '',
        ...over,
      }
      const served = self
        .give({ kind: 'Http', request })
        .map(({ event }) => event)
        .findLast((event) => event.kind === 'HttpServed')
      return served!.response
    },
    events: (kind, cause) =>
      log
        .filter(
          (one) => one.event.kind === kind && (cause === undefined || one.cause.kind === cause),
        )
        .map((one) => one.event as never),
  }
  return self
}
/** Reasons of everything that was refused in a list. */
export function refusals(list: readonly Happened[]): readonly string[] {
  return list.flatMap(({ event }) => (event.kind === 'CommandRefused' ? [event.reason] : []))
}
