import type { Happened } from '../../world/types.ts'

const FOUR_EYES_MINOR = 5_000

/**
 * Counts the innocent look-alikes of a run, by name: a benign day without them would prove nothing.
 */
export class TwinCount {
  readonly #counts = new Map<string, number>()
  readonly #declined = new Map<number, number>()
  /** Transaction to card, order to the card that paid. */
  readonly #cards = new Map<number, number>()
  readonly #paid = new Map<number, number>()

  see({ event, cause }: Happened): void {
    if (cause.kind === 'attack') return
    switch (event.kind) {
      case 'SaleStarted':
        return this.#add('sale')
      case 'ShopReleased':
        return this.#add('release of the shop')
      case 'PagePublished':
        return event.revision.via === 'release'
          ? undefined
          : this.#add(`page changed by ${event.revision.via}`)
      case 'BrowserReported':
        return this.#add('report of a browser')
      case 'SignedIn':
        return event.ok ? undefined : this.#add('wrong code at sign-in')
      case 'PaymentTried':
        return void this.#cards.set(event.transaction, event.card)
      case 'OrderPaid':
        return void this.#paid.set(event.order, this.#cards.get(event.transaction) ?? -1)
      case 'PaymentAnswered': {
        if (event.response === '00' || event.response === '1A') return
        this.#add('payment declined')
        const card = this.#cards.get(event.transaction) ?? -1
        const times = (this.#declined.get(card) ?? 0) + 1
        this.#declined.set(card, times)
        return times === 4 ? this.#add('card declined four times or more') : undefined
      }
      case 'GiftCardIssued':
        return this.#add('gift card bought')
      case 'ChargebackOpened':
        return this.#add('chargeback')
      case 'RefundRequested': {
        this.#add('refund')
        if (event.amountMinor > FOUR_EYES_MINOR) this.#add('refund above the four-eyes limit')
        return event.destination === this.#paid.get(event.order)
          ? undefined
          : this.#add('refund to another card')
      }
      case 'TyreFlat':
        return this.#add('flat tyre')
      case 'DetourTaken':
        return this.#add('detour')
      case 'LockerFailed':
        return this.#add('locker failed')
      case 'DoorOpened':
        return event.place.startsWith('road:') ? this.#add('door opened on the road') : undefined
      case 'ParcelDelivered':
        return event.late ? this.#add('parcel late') : undefined
      default:
        return undefined
    }
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }
}
