import { effectsOf } from '../../../range/world/scripts.ts'
import type { Happened, World } from '../../../range/world/types.ts'
import type { Observed } from '../../engine/verify/accept.ts'

type Step = Observed & { readonly at: number }

/**
 * Changes of pages as `page-changes` knows them, each `change-1` of a case of its own. Whoever
 * publishes plays the one with Zoe's password, as he has an attacker's freedom, and the other who
 * said yes plays Marc. A customer pays where a card is typed while the change is live. What the
 * shop's own build, a firm outside or a restoration puts live is no editor's change.
 */
export class PageProjector {
  readonly changes = new Map<string, Step[]>()
  /** Cases during which a card went to somebody else. */
  readonly leaked = new Set<string>()
  #onCheckout: string | null = null
  #cards = 0

  see(world: World, { at, event }: Happened): void {
    if (world.meters.cardsLeaked > this.#cards) {
      this.#cards = world.meters.cardsLeaked
      if (this.#onCheckout !== null) this.leaked.add(this.#onCheckout)
    }
    if (event.kind === 'PagePublished') {
      const { page, revision } = event
      const name = `${page} ${revision.number}`
      const own = revision.via === 'editor' || revision.via === 'tag-manager'
      if (page === 'checkout') this.#onCheckout = own ? name : null
      if (!own) return
      const skims = revision.scripts.some(({ text }) => effectsOf(text).some(({ card }) => card))
      const what = skims ? 'a-skimmer' : 'what-was-ordered'
      const c = 'change-1'
      const steps: Step[] = [{ at, action: 'write', actor: 'zoe', parameters: { c, what } }]
      if (revision.approvedBy !== null) {
        const actor = revision.approvedBy === revision.author ? 'zoe' : 'marc'
        steps.push({ at, action: 'approve', actor, parameters: { c } })
      }
      this.changes.set(name, [...steps, { at, action: 'publish', actor: 'zoe', parameters: { c } }])
    } else if (event.kind === 'PageRestored' && event.page === 'checkout') this.#onCheckout = null
    else if (event.kind === 'PaymentTried' && this.#onCheckout !== null) {
      const steps = this.changes.get(this.#onCheckout) ?? []
      if (steps.at(-1)?.action !== 'pay')
        steps.push({ at, action: 'pay', actor: 'carla', parameters: { c: 'change-1' } })
    }
  }
}

/**
 * Boxes of lockers as `locker-hand-over` knows them: three parcels after one another are one
 * case. The first recipient plays Carla, another one Theo, a third Carla again. A code that the
 * box never had is the next number; one that it had is that number again.
 */
export class LockerProjector {
  readonly boxes = new Map<string, Step[]>()
  readonly #orderOf = new Map<number, number>()
  readonly #case = new Map<string, { name: string; codes: number[]; recipients: number[] }>()
  readonly #inside = new Map<number, { name: string; p: string; actor: string }>()
  #cases = 0

  see(world: World, { at, event }: Happened): void {
    if (event.kind === 'ParcelTakenIn') {
      if (event.parcel.order !== null) this.#orderOf.set(event.parcel.id, event.parcel.order)
    } else if (event.kind === 'ParcelPutInLocker') {
      const order = this.#orderOf.get(event.parcel)
      const customer = order === undefined ? -1 : (world.shop.orders[order]?.customer ?? -1)
      const one = this.#caseOf(`${event.locker}.${event.box}`)
      const known = one.codes.indexOf(event.code)
      one.codes.push(event.code)
      if (!one.recipients.includes(customer)) one.recipients.push(customer)
      const actor = one.recipients.indexOf(customer) === 1 ? 'theo' : 'carla'
      const p = `parcel-${one.codes.length}`
      const code = (known < 0 ? one.codes.length - 1 : known) + 1
      const parameters = { p, r: actor, 'new-code': code }
      this.#steps(one.name).push({ at, action: 'put-in-box', actor: 'dan', parameters })
      this.#inside.set(event.parcel, { name: one.name, p, actor })
    } else if (event.kind === 'ParcelCollected') {
      const inside = this.#inside.get(event.parcel)
      if (!inside) return
      const { name, p, actor } = inside
      this.#steps(name).push({ at, action: 'open', actor, parameters: { p } })
    }
  }

  #caseOf(box: string): { name: string; codes: number[]; recipients: number[] } {
    const known = this.#case.get(box)
    if (known && known.codes.length < 3) return known
    const fresh = { name: `box ${box}, case ${this.#cases++}`, codes: [], recipients: [] }
    this.#case.set(box, fresh)
    return fresh
  }

  #steps(name: string): Step[] {
    const steps = this.boxes.get(name) ?? []
    this.boxes.set(name, steps)
    return steps
  }
}
