import type { TwinPlan } from '../twin/plan.ts'
import type { Json } from './json.ts'
import type { Telemetry } from './telemetry.ts'
import { isEpcis } from './telemetry.ts'
import { VanDevices } from './van-reading.ts'

/**
 * A van stands at a place if its fix is within this of it: door, kerb and a poor fix between walls.
 */
export const AT_STOP_MM = 90_000
/** What it may have driven since that fix. */
export const SINCE_FIX_MM_PER_S = 14_000
/** An older fix says nothing, and nobody is accused. */
export const FIX_AGE_MAX_MS = 180_000
/** Stops of a plan that are kept. */
export const STOPS_MAX = 200

interface Van {
  fix: { x: number; y: number; time: number } | null
  stops: string[]
  open: boolean | null
}

/**
 * Where each van was last seen and which places its plan lets it open the door at. Bounded by the
 * plan's vans.
 */
export class StopWatch {
  readonly #devices: VanDevices
  readonly #vans = new Map<string, Van>()
  readonly #places = new Map<string, { readonly x: number; readonly y: number }>()
  readonly #always: readonly string[]

  constructor(plan: TwinPlan) {
    this.#devices = new VanDevices(plan)
    const nodes = new Map(plan.nodes.map((node) => [node.id, node]))
    for (const { id, node } of plan.places) {
      const at = nodes.get(node)
      if (at !== undefined) this.#places.set(id, at)
    }
    this.#always = plan.places.filter(({ id }) => id === 'place:depot').map(({ id }) => id)
    for (const { id } of plan.vans) this.#vans.set(id, { fix: null, stops: [], open: null })
  }

  see(event: Telemetry): void {
    if (!isEpcis(event.body)) {
      if (event.body.class_uid === 6003 && event.body.api.operation === 'route.plan') {
        const van = this.#vans.get(
          event.body.resources.find(({ uid }) => this.#vans.has(uid))?.uid ?? '',
        )
        const stops = event.body.unmapped?.stops ?? []
        if (van !== undefined) van.stops = stops.slice(0, STOPS_MAX).map(({ place }) => place)
      }
      return
    }
    for (const { van: id, x, y } of this.#devices.read(event.body)) {
      const van = this.#vans.get(id)
      if (van !== undefined && x !== undefined && y !== undefined)
        van.fix = { x, y, time: event.time }
    }
  }

  /** Doors that changed with this event, and whether the van stands where its plan has a stop. */
  doors(
    event: Telemetry,
  ): { readonly van: string; readonly open: boolean; readonly atStop: boolean }[] {
    if (!isEpcis(event.body)) return []
    return this.#devices.read(event.body).flatMap(({ van: id, door }) => {
      const van = this.#vans.get(id)
      if (van === undefined || door === undefined || door === van.open) return []
      van.open = door
      return [{ van: id, open: door, atStop: this.#atStop(van, event.time) }]
    })
  }

  /** True where the plan, or the lack of a fresh fix, gives no reason for doubt. */
  #atStop(van: Van, now: number): boolean {
    return van.stops.length === 0 || this.#near(van, [...van.stops, ...this.#always], now)
  }

  /** False only where a fresh fix of this van is too far from a place that the plan knows. */
  stoodAt(id: string, place: string, now: number): boolean {
    const van = this.#vans.get(id)
    return van === undefined || this.#near(van, [place], now)
  }

  #near({ fix }: Van, places: readonly string[], now: number): boolean {
    if (fix === null || now - fix.time > FIX_AGE_MAX_MS) return true
    const reach = AT_STOP_MM + ((now - fix.time) * SINCE_FIX_MM_PER_S) / 1000
    return places.some((place) => {
      const at = this.#places.get(place)
      if (at === undefined) return true
      const [dx, dy] = [at.x - fix.x, at.y - fix.y]
      return dx * dx + dy * dy <= reach * reach
    })
  }

  save(): Json {
    return [...this.#vans].map(([id, van]) => ({
      id,
      van: structuredClone(van) as unknown as Json,
    }))
  }

  restore(saved: Json): void {
    for (const { id, van } of structuredClone(saved) as unknown as { id: string; van: Van }[])
      this.#vans.set(id, van)
  }
}
