import { fraction, Stream } from './draw.ts'
import { crossingWaitMs, driveMs, legEntity, positionAt } from './fleet-motion.ts'
import { edgeBetween, nodeOf, town, wayBetween } from './town.ts'
import type { Van } from './types-logistics.ts'
import type { Milliseconds, World } from './types.ts'

export type Track = readonly (readonly [Milliseconds, number, number])[]

const CRUDE_MM_PER_S = 9_000
const JUMP_MM = 500_000

/**
 * The false journey a spoofed tracker tells until `until`: along the planned route from the last
 * true place. With stealth it drives with the traffic, waits at crossings and dwells at stops; at
 * stealth 0 it glides at 9 m/s without a stop and begins with a jump of 500 m. At most one point
 * for each node passed and each wait.
 */
export function falseTrack(
  world: World,
  van: Van,
  until: Milliseconds,
  stealthPermille: number,
): Track {
  const { seed } = world.config
  const stealth = stealthPermille / 1000
  const entity = legEntity(van.id, van.tour) + 3_000_000
  const start = positionAt(van, world.now)
  const track: [Milliseconds, number, number][] = [[world.now, start.x, start.y]]
  let now: Milliseconds = world.now
  let jump = JUMP_MM * Math.max(0, 1 - stealth / 0.6)
  const stops = new Set(van.stops.filter((s) => !s.done).map((s) => s.node))
  const way = plannedWay(van)
  for (let i = 0; i < way.length && now < until; i++) {
    const node = town.nodes[way[i]!]!
    const lengthMm = i === 0 ? distance(start, node) : edgeBetween(way[i - 1]!, node.index).lengthMm
    const skipped = Math.min(jump, lengthMm)
    jump -= skipped
    now += Math.round(
      ((lengthMm - skipped) / lengthMm || 0) * legMs(world, way, i, lengthMm, entity, now, stealth),
    )
    track.push([Math.max(now, track.at(-1)![0] + 1), node.x, node.y])
    now = track.at(-1)![0]
    const dwell = stops.delete(node.id)
      ? 90_000 + 80_000 * fraction(seed, Stream.vanLeg, entity, 10_000 + i)
      : 0
    const wait = Math.round(stealth * (dwell + crossingWaitMs(seed, node.index, entity, i)))
    if (wait > 0) track.push([(now += wait), node.x, node.y])
  }
  return track
}

function legMs(
  world: World,
  way: readonly number[],
  i: number,
  lengthMm: number,
  entity: number,
  at: Milliseconds,
  stealth: number,
): number {
  const crude = (lengthMm * 1000) / CRUDE_MM_PER_S
  if (i === 0 || stealth < 0.2) return crude
  return driveMs(world.config, edgeBetween(way[i - 1]!, way[i]!), entity, i, at)
}

/** Node indexes still to come by plan, the end of the present leg first. */
function plannedWay(van: Van): readonly number[] {
  const way = [nodeOf(van.leg?.to ?? van.at)]
  for (const node of [...van.stops.filter((s) => !s.done).map((s) => s.node), town.depot]) {
    way.push(...wayBetween(way.at(-1)!, nodeOf(node)).slice(1))
  }
  return way
}

function distance(a: { x: number; y: number }, b: { x: number; y: number }): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  return Math.sqrt(dx * dx + dy * dy)
}
