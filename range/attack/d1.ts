import { range, Stream } from '../world/draw.ts'
import { claimedAt, positionAt } from '../world/fleet-motion.ts'
import { vanOf, vanRef } from '../world/refs.ts'
import { town } from '../world/town.ts'
import type { AttackRun } from '../world/types-attack.ts'
import type { Van } from '../world/types-logistics.ts'
import type { Command, Happened, World } from '../world/types.ts'
import {
  commonParameters,
  num,
  overdue,
  plannedEnd,
  type Seen,
  type Step,
  type Technique,
  type Witness,
} from './technique.ts'

/**
 * D1, GPS spoofing and van diversion. The crew leads a van on its tour to a place by the harbour
 * and takes the dearest
 * parcels, while the tracker is made to tell a journey along the planned route. `rate` is false
 * positions a minute.
 * Stealth: at 0 the false journey jumps half a kilometre, then glides at 9 m/s without stop or
 * noise; the more of it,
 * the more it drives with the traffic, waits at crossings, dwells at the planned stops and
 * trembles like a real
 * receiver; from 0.5 on the crew ends it where the false journey and the van meet again. Odometer,
 * radio mast, cargo
 * door and the missing scans stay true at any stealth. What is stolen does not depend on it.
 */
export const d1: Technique = {
  id: 'D1',
  family: 'delivery',
  ids: ['T0856', 'F1030'],
  stream: Stream.attackD1,
  hours: 4,
  parameters: [
    { name: 'van', type: 'choice', default: 'any', about: 'd1.van' },
    { name: 'place', type: 'choice', default: 'place:old-quay', about: 'd1.place' },
    { name: 'leave', type: 'choice', default: 'first', about: 'd1.leave' },
    ...commonParameters({ min: 1, max: 12, default: 6 }, 40, 'D1'),
  ],
  tells: [],
  targets,
  refuses: (world, params) =>
    named(world, params['van']) === undefined && params['van'] !== 'any' ? 'no-such-van' : null,
  begin: () => ({ phase: 'wait', van: -1 }),
  step,
  witness,
  describe,
}

function targets(world: World): ReturnType<Technique['targets']> {
  const vans = world.logistics.vans.map((v) => ({
    value: vanRef(v.id),
    label: 'named',
    note: 'd1.van',
    name: v.name,
  }))
  return {
    van: [{ value: 'any', label: 'd1.any', note: 'd1.any-note' }, ...vans],
    place: town.meeting.map(({ id, name }) => ({
      value: id,
      label: 'named',
      note: 'd1.place-note',
      name,
    })),
    leave: ['first', 'second-stop', 'half'].map((value) => ({
      value,
      label: `d1.${value}`,
      note: `d1.${value}-note`,
    })),
  }
}

function named(world: World, value: unknown): Van | undefined {
  const index = typeof value === 'string' ? vanOf(value) : null
  return index === null ? undefined : world.logistics.vans[index]
}

function step(world: World, run: AttackRun): Step {
  const { memory } = run
  const van = world.logistics.vans[Number(memory['van'])]
  if (overdue(world, run)) return end(run, van, memory['phase'] === 'wait' ? 'blocked' : 'done')
  if (memory['phase'] === 'wait' || van === undefined) return wait(world, run)
  if (van.status === 'recalled') return end(run, van, 'blocked')
  if (van.diversion !== null) return again(world, run, memory)
  const met = num(run, 'stealth') < 0.5 || !apart(world, van)
  return van.spoof === null || (met && num(run, 'stealth') >= 0.5)
    ? end(run, van, 'done')
    : again(world, run, { ...memory, phase: 'back' })
}

/** The crew watches the yard and follows a van until it is where they want it. */
function wait(world: World, run: AttackRun): Step {
  const wanted =
    run.params['van'] === 'any' ? world.logistics.vans : [named(world, run.params['van'])!]
  const ready = wanted
    .filter((v) => isReady(v, run))
    .sort((a, b) => b.cargo.length - a.cargo.length || a.id - b.id)[0]
  if (ready === undefined) return again(world, run, run.memory)
  const spoof: Command = {
    kind: 'SpoofGps',
    van: ready.id,
    untilMs: plannedEnd(run),
    stealthPermille: Math.round(num(run, 'stealth') * 1000),
    periodMs: Math.round(60_000 / num(run, 'rate')),
  }
  const divert: Command = {
    kind: 'DivertVan',
    van: ready.id,
    to: String(run.params['place']),
    run: run.run,
  }
  return {
    commands: [
      { afterMs: 0, command: spoof },
      { afterMs: 1_000, command: divert },
    ],
    nextAfterMs: 30_000,
    memory: { phase: 'away', van: ready.id },
    status: 'running',
  }
}

function isReady(van: Van, run: AttackRun): boolean {
  if (van.status !== 'driving' && van.status !== 'stopped') return false
  if (van.leg === null || van.cargo.length === 0 || van.diversion !== null || van.spoof !== null)
    return false
  const done = van.stops.filter((s) => s.done).length
  if (run.params['leave'] === 'second-stop') return done >= 2
  return run.params['leave'] !== 'half' || done * 2 >= van.stops.length
}

function apart(world: World, van: Van): boolean {
  const [a, b] = [claimedAt(van, world.now), positionAt(van, world.now)]
  const [dx, dy] = [a.x - b.x, a.y - b.y]
  return dx * dx + dy * dy > 300_000 * 300_000
}

function again(world: World, run: AttackRun, memory: AttackRun['memory']): Step {
  const nextAfterMs = 15_000 + range(15_000, world.config.seed, Stream.attackD1, run.run, run.step)
  return { commands: [], nextAfterMs, memory, status: 'running' }
}

function end(run: AttackRun, van: Van | undefined, status: Step['status']): Step {
  const commands =
    van?.spoof == null ? [] : [{ afterMs: 0, command: { kind: 'EndSpoof', van: van.id } as const }]
  return { commands, nextAfterMs: null, memory: { ...run.memory, phase: 'end' }, status }
}

function witness(_world: World, run: AttackRun, { event }: Happened): Witness {
  const nothing = { actors: [], targets: [], effect: false }
  switch (event.kind) {
    case 'VanDiverted':
      return event.run === run.run
        ? { actors: [], targets: [vanRef(event.van)], effect: true }
        : nothing
    case 'ParcelStolen':
      return event.run === run.run
        ? { actors: [], targets: [vanRef(event.van)], effect: true }
        : nothing
    default:
      return nothing
  }
}

function describe(world: World, run: AttackRun): Seen {
  const van = world.logistics.vans[Number(run.memory['van'])]
  if (van === undefined)
    return { key: run.memory['phase'] === 'end' ? 'd1.never-came' : 'd1.waiting', params: {} }
  const stolen = world.logistics.parcels.filter(
    (p) => p.status === 'stolen' && p.holder === run.params['place'],
  ).length
  if (stolen > 0) return { key: 'd1.unloaded', params: { van: van.name, parcels: stolen } }
  const unsigned = world.config.controls.signedHandover && run.memory['phase'] !== 'away'
  const away = unsigned ? 'd1.unsigned' : 'd1.away'
  return { key: van.status === 'recalled' ? 'd1.recalled' : away, params: { van: van.name } }
}
