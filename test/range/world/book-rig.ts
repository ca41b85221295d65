import { createBookCheck } from '../../../engine/integrity/book-check.ts'
import type { Finding } from '../../../engine/alert/finding.ts'
import { createObserver, observe } from '../../../range/telemetry/observe.ts'
import type { BookState } from '../../../range/world/types-book.ts'
import type { AttackParams } from '../../../range/world/types-attack.ts'
import type { Happened, World, WorldConfig } from '../../../range/world/types.ts'
import { configOf, MINUTE, PLAIN, shopRig, START, type ShopRig } from './shop-rig.ts'

export { MINUTE, START }
/** Twins of the book that would disturb a test about one thing. */
export const CALM: WorldConfig['twins'] = {
  ...PLAIN,
  'witness-away': 0,
  'late-head': 0,
  'book-correction': 0,
}

/** The whole town with a book, and the check of the book fed with what is reported. */
export interface BookRig {
  readonly rig: ShopRig
  readonly world: () => World
  readonly book: () => BookState
  readonly to: (minutes: number) => BookRig
  readonly give: ShopRig['give']
  readonly launch: (params: AttackParams) => BookRig
  readonly log: readonly Happened[]
  readonly events: ShopRig['events']
  /** What the check has said so far, given everything that was reported by now. */
  readonly findings: () => readonly Finding[]
}

// A morning is the same for every test about it: it is played once, and forked.
const mornings = new Map<string, ShopRig>()

/** A day with a book, at `minutes` after its start. */
export function bookRig(minutes: number, seed = 5, twins: WorldConfig['twins'] = CALM): BookRig {
  const config: WorldConfig = { ...configOf(seed, {}, twins), book: true }
  const key = JSON.stringify([minutes, config])
  const morning = mornings.get(key) ?? shopRig(config, true).to(minutes)
  mornings.set(key, morning)
  const rig = forkOf(config, morning)
  const check = createBookCheck()
  const said: Finding[] = []
  let observer = createObserver(config)
  let read = 0
  const self: BookRig = {
    rig,
    world: rig.world,
    book: () => rig.world().book!,
    to: (minute) => (rig.to(minute), self),
    give: rig.give,
    launch: (params) => (rig.launch('I4', params), self),
    log: rig.log,
    events: rig.events,
    findings: () => {
      const seen = observe(rig.world(), rig.log.slice(read), observer)
      observer = seen.state
      read = rig.log.length
      said.push(...seen.telemetry.flatMap((event) => check.see(event)))
      return said
    },
  }
  return self
}

function forkOf(config: WorldConfig, morning: ShopRig): ShopRig {
  const rig = shopRig(config, true)
  rig.sim.world = morning.sim.world
  rig.sim.queue.heap.splice(0, Infinity, ...morning.sim.queue.heap)
  rig.log.push(...morning.log)
  return rig
}
