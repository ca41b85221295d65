import { range, Stream } from './draw.ts'
import { town } from './town.ts'
import type { FleetCommand } from './types-logistics.ts'
import type { Scheduled, World } from './types.ts'

const DAY_MS = 8 * 3_600_000

/**
 * The day's innocent mishaps of vans and lockers, drawn before it begins: flat tyre (one in three
 * vans a day), road works (four in five), locker failure (one in four lockers), each scaled by its
 * twin's rate.
 */
export function mishaps(world: World): readonly Scheduled[] {
  const { vans, lockers } = world.logistics
  const tyres = vans.flatMap((v) =>
    drawn(world, 'flatTyre', 330, 10 + v.id, (spread): FleetCommand => ({
      kind: 'FlatTyre',
      van: v.id,
      minutes: 12 + spread(18),
    })),
  )
  const works = vans.flatMap((v) =>
    drawn(world, 'detour', 800, 20 + v.id, (spread): FleetCommand => ({
      kind: 'Detour',
      van: v.id,
      via: town.nodes[spread(town.nodes.length)]!.id,
    })),
  )
  const failures = lockers.flatMap((l) =>
    drawn(world, 'lockerFault', 250, 30 + l.id, (spread): FleetCommand => ({
      kind: 'LockerFails',
      locker: l.id,
      minutes: 20 + spread(60),
    })),
  )
  return [...tyres, ...works, ...failures]
}

function drawn(
  world: World,
  twin: string,
  permille: number,
  entity: number,
  make: (spread: (n: number) => number) => FleetCommand,
): readonly Scheduled[] {
  const { seed, twins, start } = world.config
  const rate = Math.floor((permille * (twins[twin] ?? 1000)) / 1000)
  return Array.from({ length: Math.ceil(rate / 1000) }, (_, nth) => nth).flatMap((nth) => {
    const draw = (n: number, index: number): number =>
      range(n, seed, Stream.twinEvent, entity, nth * 8 + index)
    if (draw(1000, 0) >= rate - nth * 1000) return []
    const at = start + 10 * 60_000 + draw(DAY_MS / 60_000 - 10, 1) * 60_000 + draw(60_000, 2)
    return [
      {
        at,
        entity,
        ordinal: nth,
        command: make((n) => draw(n, 3)),
        cause: { kind: 'town' } as const,
      },
    ]
  })
}
