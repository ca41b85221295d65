import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { compareScheduled, popUntil, push, type Queue } from './queue.ts'
import type {
  Cause,
  Command,
  Happened,
  Meters,
  Milliseconds,
  Part,
  Scheduled,
  World,
  WorldConfig,
  WorldEvent,
} from './types.ts'

/** A part with its types forgotten; its `commands` and `events` say what may be given to it. */
export interface AnyPart {
  readonly name: 'shop' | 'logistics' | 'attacks' | 'book'
  readonly part: Part<unknown, Command, WorldEvent>
}

/**
 * A running world: the one mutable holder of its immutable state. `fork` makes an independent one.
 */
export interface Sim {
  readonly parts: readonly AnyPart[]
  world: World
  readonly queue: Queue
}
export type Emit = (happened: Happened) => void

/** Commands that may follow each other without time passing; more is our bug and asserts. */
export const SAME_INSTANT_MAX = 20_000

const NO_METERS: Meters = {
  revenueMinor: 0,
  lostMinor: 0,
  trustMilli: 82_000,
  ordersPaid: 0,
  ordersAbandoned: 0,
  parcelsDelivered: 0,
  parcelsLate: 0,
  parcelsLost: 0,
  parcelsOpened: 0,
  parcelsSpoiled: 0,
  cardsLeaked: 0,
  vainMm: 0,
  doorOpenMs: 0,
  coldOutMs: 0,
  staffMs: 0,
}

/** A part under its name in `World`, ready for `createSim`. */
export function mount<S, C extends Command, E extends WorldEvent>(
  name: AnyPart['name'],
  part: Part<S, C, E>,
): AnyPart {
  return { name, part: part as unknown as Part<unknown, Command, WorldEvent> }
}

/** The world at `config.start` with the opening commands of all parts in its queue. */
export function createSim(config: WorldConfig, parts: readonly AnyPart[]): Sim {
  const empty = { config, now: config.start, meters: NO_METERS, ...EMPTY_PARTS } as unknown as World
  const world = parts.reduce(
    (so, { name, part }) => ({ ...so, [name]: part.initial(config) }),
    empty,
  )
  const sim: Sim = { parts, world, queue: { heap: [] } }
  for (const { part } of parts) for (const item of part.opening(world)) push(sim.queue, item)
  return sim
}
const EMPTY_PARTS = {
  logistics: {
    parcels: [],
    vans: [],
    lockers: [],
    warehouse: { pick: [], pack: [], dock: [], heldParcels: [] },
  },
  attacks: { runs: [] },
}

/**
 * Runs everything that is due at or before `until`, which then is now. `until` never lies before
 * now.
 */
export function advance(sim: Sim, until: Milliseconds, emit: Emit): void {
  if (until < sim.world.now)
    throw new Error(`time cannot go back from ${sim.world.now} to ${until}`)
  let instant = sim.world.now
  let count = 0
  for (let item = popUntil(sim.queue, until); item; item = popUntil(sim.queue, until)) {
    count = item.at === instant ? count + 1 : 1
    instant = item.at
    if (count > SAME_INSTANT_MAX)
      throw new Error(`time stands still at ${instant}: ${item.command.kind}`)
    if (item.at > sim.world.now) sim.world = { ...sim.world, now: item.at }
    run(sim, item.command, item.cause, emit)
  }
  sim.world = { ...sim.world, now: until }
}

/**
 * A command of a player, a playbook or an inject: done at once, at now. What it sets off waits in
 * the queue.
 */
export function apply(sim: Sim, command: Command, cause: Cause, emit: Emit): readonly Happened[] {
  return run(sim, command, cause, emit)
}

/** An independent copy. State is immutable, so only the queue's container is copied. */
export function fork(sim: Sim): Sim {
  return { parts: sim.parts, world: sim.world, queue: { heap: [...sim.queue.heap] } }
}

/** SHA-256 in hex of the whole state, the queue in its order of running included. */
export function worldDigest(sim: Sim): string {
  const pending = [...sim.queue.heap].sort(compareScheduled)
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([sim.world, pending], mapsAsLists))))
}
function mapsAsLists(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...value.entries()] : value
}

/** Which part takes a command, and which have an event change their rows. */
interface Routes {
  readonly commands: ReadonlyMap<Command['kind'], AnyPart>
  readonly events: ReadonlyMap<WorldEvent['kind'], ReadonlySet<AnyPart['name']>>
}
const routes = new WeakMap<readonly AnyPart[], Routes>()
const NOBODY: ReadonlySet<AnyPart['name']> = new Set()
function routesOf(parts: readonly AnyPart[]): Routes {
  const known = routes.get(parts)
  if (known) return known
  const commands = new Map<Command['kind'], AnyPart>()
  const events = new Map<WorldEvent['kind'], Set<AnyPart['name']>>()
  for (const one of parts) {
    for (const kind of one.part.commands) if (!commands.has(kind)) commands.set(kind, one)
    for (const kind of one.part.events)
      events.set(kind, (events.get(kind) ?? new Set()).add(one.name))
  }
  const made = { commands, events }
  routes.set(parts, made)
  return made
}

function run(sim: Sim, command: Command, cause: Cause, emit: Emit): readonly Happened[] {
  const owner = routesOf(sim.parts).commands.get(command.kind)
  const events: readonly WorldEvent[] = owner
    ? owner.part.decide(sim.world, command)
    : [{ kind: 'CommandRefused', command: command.kind, reason: 'not-in-this-town' }]
  const done: Happened[] = []
  for (const event of events) {
    const happened: Happened = { at: sim.world.now, event, cause }
    sim.world = evolve(sim, event)
    done.push(happened)
    emit(happened)
    for (const { part } of sim.parts) {
      for (const item of part.react(sim.world, happened))
        push(sim.queue, notBefore(item, sim.world.now))
    }
  }
  return done
}

/** Rows first, then the meters, which so see the world after the event. */
function evolve(sim: Sim, event: WorldEvent): World {
  let world = sim.world
  const concerned = routesOf(sim.parts).events.get(event.kind) ?? NOBODY
  for (const { name, part } of sim.parts) {
    if (concerned.has(name)) world = { ...world, [name]: part.evolve(world[name], event, world) }
  }
  const meters = sim.parts.reduce((so, { part }) => part.meters(so, event, world), world.meters)
  return meters === world.meters ? world : { ...world, meters }
}

function notBefore(item: Scheduled, now: Milliseconds): Scheduled {
  return item.at >= now ? item : { ...item, at: now }
}
