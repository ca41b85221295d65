import type { AttackParams, AttackRun, Memory } from '../world/types-attack.ts'
import type { StreamId } from '../world/draw.ts'
import type { Command, Happened, Milliseconds, World } from '../world/types.ts'

/** THREATS.md: the family of an incident, of a truth and of a technique. */
export type Family = 'shop' | 'payment' | 'insider' | 'delivery'

/**
 * One attack of THREATS.md as a crew plays it: a small program that is asked for its next step
 * again and again. It draws only from its own stream with (run, ordinal), sees of the world only
 * what a criminal could see, and acts only by commands, which the shop or the fleet may refuse.
 */
export interface Technique {
  readonly id: string
  readonly family: Family
  /** ATT&CK, F3 and OAT ids, each in the published lists. */
  readonly ids: readonly string[]
  readonly stream: StreamId
  /** Crew hours that a launch costs. */
  readonly hours: number
  readonly parameters: readonly ParameterSpec[]
  /**
   * Fields that give the attack away whatever it does, with the reason (THREATS.md: three at most).
   */
  readonly tells: readonly {
    readonly field: 'amount' | 'decline' | 'script-host'
    readonly reason: string
  }[]
  /** Offers for the parameters of type `choice`, from what a criminal could look up. */
  readonly targets: (world: World) => Readonly<Record<string, readonly Target[]>>
  /** Null when it can begin now, else a key under `refused.`. */
  readonly refuses: (world: World, params: AttackParams) => string | null
  readonly begin: (world: World, run: AttackRun) => Memory
  /** The run's step number `run.step`; pure. `run.params` are complete. */
  readonly step: (world: World, run: AttackRun) => Step
  /** For scoring: who acted, what was aimed at, and whether this event is an effect. */
  readonly witness: (world: World, run: AttackRun, happened: Happened) => Witness
  /** What the crew sees of its own effect, as message key under `attack.` with parameters. */
  readonly describe: (world: World, run: AttackRun) => Seen
}
export interface Step {
  readonly commands: readonly { readonly afterMs: number; readonly command: Command }[]
  /** Milliseconds until the next step, or null when there is none. */
  readonly nextAfterMs: number | null
  readonly memory: Memory
  readonly status: AttackRun['status']
}
/**
 * Entity references (`ip:`, `card:`, `staff:`, `page:`, `host:`, `van:`, `parcel:`); empty lists
 * say nothing.
 */
export interface Witness {
  readonly actors: readonly string[]
  readonly targets: readonly string[]
  readonly effect: boolean
}
export interface Seen {
  readonly key: string
  readonly params: Readonly<Record<string, string | number>>
}
/** An offer: `label` and `note` are message keys under `attack.offer.`; `name` fills `{name}`. */
export interface Target {
  readonly value: string
  readonly label: string
  readonly note: string
  /** What a person or a place is called in the town. */
  readonly name?: string
}
export interface ParameterSpec {
  readonly name: string
  readonly type: 'number' | 'choice'
  readonly min?: number
  readonly max?: number
  readonly step?: number
  readonly default: number | string
  /** Message key under `attack.` that says in plain words what more of it does. */
  readonly about: string
}

/**
 * Parameters that every technique takes: rate per minute of its own kind, stealth 0 … 1, duration
 * in minutes.
 */
export function commonParameters(
  rate: { min: number; max: number; default: number },
  minutes: number,
  id: string,
): readonly ParameterSpec[] {
  const key = id.toLowerCase()
  return [
    { name: 'rate', type: 'number', ...rate, about: `${key}.rate` },
    {
      name: 'stealth',
      type: 'number',
      min: 0,
      max: 1,
      step: 0.1,
      default: 0.2,
      about: `${key}.stealth`,
    },
    {
      name: 'duration',
      type: 'number',
      min: 1,
      max: 480,
      default: minutes,
      about: `${key}.duration`,
    },
  ]
}

/**
 * Fills in defaults and holds numbers within their bounds; unknown names are dropped, wrong types
 * replaced.
 */
export function completeParams(
  technique: Technique,
  world: World,
  given: AttackParams,
): AttackParams {
  const offers = technique.targets(world)
  const entries = technique.parameters.map((spec): [string, number | string] => {
    const value = given[spec.name]
    if (spec.type === 'number') {
      const number =
        typeof value === 'number' && Number.isFinite(value) ? value : Number(spec.default)
      return [spec.name, Math.min(spec.max ?? number, Math.max(spec.min ?? number, number))]
    }
    const offered = offers[spec.name] ?? []
    const known = typeof value === 'string' && offered.some((one) => one.value === value)
    return [
      spec.name,
      known
        ? value
        : offered.some((one) => one.value === spec.default)
          ? spec.default
          : (offered[0]?.value ?? spec.default),
    ]
  })
  return Object.fromEntries(entries)
}

/** A number parameter of a run, or 0. */
export function num(run: AttackRun, name: string): number {
  const value = run.params[name]
  return typeof value === 'number' ? value : 0
}

/** True once the run's duration is over. */
export function overdue(world: World, run: AttackRun): boolean {
  return world.now - run.launched >= num(run, 'duration') * 60_000
}

/** The end of the run by its own plan. */
export function plannedEnd(run: AttackRun): Milliseconds {
  return run.launched + Math.round(num(run, 'duration') * 60_000)
}
