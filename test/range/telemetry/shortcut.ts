import { isEpcis, type Telemetry } from '../../../engine/event/telemetry.ts'
import { createObserver, observe, type Observer } from '../../../range/telemetry/observe.ts'
import { techniques } from '../../../range/attack/catalogue.ts'
import { fraction, Stream } from '../../../range/world/draw.ts'
import { advance, apply } from '../../../range/world/kernel.ts'
import { createTownSim } from '../../../range/world/town-sim.ts'
import type { Happened, World } from '../../../range/world/types.ts'
import { configOf } from '../world/rig.ts'

/** One telemetry event, taken apart, with what the truth side knows of it. */
export interface Labelled {
  /** Events are told apart only within their kind: what a log line is about is no secret. */
  readonly kind: string
  readonly attack: string | null
  readonly fields: ReadonlyMap<string, string | number>
}

export interface Plan {
  readonly minutes: number
  /** Earliest and latest launch, in minutes. */
  readonly from: number
  readonly to: number
  readonly stealth: number
}

/** One run of the town with every attack in it, each launched at a minute drawn from the seed. */
export function labelledRun(seed: number, plan: Plan): Labelled[] {
  const config = configOf(seed)
  const sim = createTownSim(config)
  const launches = techniques
    .map((technique, i) => ({
      technique: technique.id,
      at:
        config.start +
        Math.floor(
          1000 *
            60 *
            (plan.from + (plan.to - plan.from) * fraction(seed, Stream.evaluation, 7_000 + i, 0)),
        ),
    }))
    .sort((a, b) => a.at - b.at)
  let observer = createObserver(config)
  const guilty = new Map<string, string>()
  const events: Telemetry[] = []
  for (let now = config.start + 1000; now <= config.start + plan.minutes * 60_000; now += 1000) {
    const happened: Happened[] = []
    const emit = (one: Happened): void => {
      happened.push(one)
    }
    for (const { technique, at } of launches) {
      if (at < now - 1000 || at >= now) continue
      const way = ['editor', 'tag-manager', 'dependency'][seed % 3]!
      const params = { stealth: plan.stealth, duration: 25, way }
      apply(
        sim,
        {
          kind: 'LaunchAttack',
          run: sim.world.attacks.runs.length,
          technique,
          params,
          delayMs: at % 1000,
        },
        { kind: 'player', seat: 'crew' },
        emit,
      )
    }
    advance(sim, now, emit)
    observer = watchTick(sim.world, happened, observer, guilty, events)
  }
  return events.map((event) => ({
    kind: kindOf(event),
    attack: guilty.get(event.uid) ?? null,
    fields: fieldsOf(event),
  }))
}

/** Observes one tick; messages of guilty happenings are found by what is new after each of them. */
function watchTick(
  world: World,
  happened: readonly Happened[],
  before: Observer,
  guilty: Map<string, string>,
  events: Telemetry[],
): Observer {
  let observer = before
  const see = (list: readonly Happened[], attack: string | null): void => {
    const known = attack === null ? null : new Set(observer.pending.map((one) => one.telemetry.uid))
    const seen = observe(world, list, observer)
    observer = seen.state
    events.push(...seen.telemetry)
    if (attack === null || known === null) return
    for (const { uid } of [...seen.telemetry, ...observer.pending.map((one) => one.telemetry)]) {
      if (!known.has(uid)) guilty.set(uid, attack)
    }
  }
  let innocent: Happened[] = []
  for (const one of happened) {
    const attack = attackOf(world, one)
    if (attack === null) {
      innocent.push(one)
      continue
    }
    see(innocent, null)
    innocent = []
    see([one], attack)
  }
  see(innocent, null)
  return observer
}

/** The truth: who caused it, or a tracker that was made to lie. */
function attackOf(world: World, { cause, event }: Happened): string | null {
  if (cause.kind === 'attack') return world.attacks.runs[cause.run]?.technique ?? null
  return event.kind === 'SensorsRead' && event.truth?.claimed !== undefined ? 'D1' : null
}

function kindOf({ body, uid }: Telemetry): string {
  if (isEpcis(body))
    return `epcis ${body.bizStep} ${uid.replace(/^event:/, '').replace(/\d+/g, '#')}`
  if (body.class_uid === 4002)
    return `http ${body.http_request.http_method} /${body.http_request.url.path.split('/')[1] ?? ''}`
  if (body.class_uid === 99901) return `payment ${body.payment.message}`
  if (body.class_uid === 6003) return `office ${body.api.operation}`
  if (body.class_uid === 6005) return `page ${body.unmapped.operation}`
  return `class ${body.class_uid}`
}

function fieldsOf({ body, time, uid }: Telemetry): Map<string, string | number> {
  const fields = new Map<string, string | number>([
    ['arrival', time],
    ['uid', uid],
  ])
  flatten('', body, fields)
  return fields
}
function flatten(path: string, value: unknown, into: Map<string, string | number>): void {
  if (value === null || value === undefined) return
  if (typeof value === 'number' || typeof value === 'string') {
    const before = into.get(path)
    into.set(path, before === undefined || typeof value === 'number' ? value : `${before} ${value}`)
    return
  }
  if (typeof value === 'boolean') {
    into.set(path, String(value))
    return
  }
  if (Array.isArray(value)) {
    into.set(`${path}#`, value.length)
    for (const one of value) flatten(`${path}[]`, one, into)
    return
  }
  for (const [name, one] of Object.entries(value as object))
    flatten(path === '' ? name : `${path}.${name}`, one, into)
}
