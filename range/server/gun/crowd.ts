import { Limits, type Rate } from '../limits.ts'

/** Sockets of all addresses. */
export const SOCKETS_MAX = 1000
/** Sockets one address may open. */
export const NEWCOMERS: Rate = { burst: 1000, perSecond: 20 }
/** Tokens (`filter.ts`) of all sockets of one address, and of all there are. */
export const ADDRESS_TOKENS: Rate = { burst: 6000, perSecond: 2000 }
export const ALL_TOKENS: Rate = { burst: 20_000, perSecond: 8000 }
/** Deliveries (one value to one socket) of what peers put: of one address, and of all. */
export const ADDRESS_DELIVERIES: Rate = { burst: 20_000, perSecond: 10_000 }
export const ALL_DELIVERIES: Rate = { burst: 40_000, perSecond: 20_000 }

const ALL = ''

/** A socket as the crowd sees it. */
export interface Member {
  readonly address: string
  /** Closes it because somebody else needs the place. */
  readonly makeRoom: () => void
}

/**
 * What all peers share: places and rates, each bounded for one address and for all. An address
 * that takes much more than others gives way to them, so that none can lock the others out; where
 * all come from one address, as behind a proxy, they share what it gets.
 */
export class Crowd {
  readonly #byAddress = new Map<string, Set<Member>>()
  readonly #newcomers: Limits
  readonly #addressTokens: Limits
  readonly #allTokens: Limits
  readonly #addressDeliveries: Limits
  readonly #allDeliveries: Limits
  #size = 0

  /** `now` is monotonic milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#newcomers = new Limits(NEWCOMERS, now)
    this.#addressTokens = new Limits(ADDRESS_TOKENS, now)
    this.#allTokens = new Limits(ALL_TOKENS, now)
    this.#addressDeliveries = new Limits(ADDRESS_DELIVERIES, now)
    this.#allDeliveries = new Limits(ALL_DELIVERIES, now)
  }

  get size(): number {
    return this.#size
  }

  /** Whether this address may open another socket now. */
  mayCome(address: string): boolean {
    return this.#newcomers.take(address)
  }

  /**
   * Takes a member in. At `SOCKETS_MAX` the address with most sockets gives up its newest where it
   * has at least two more than the newcomer's; otherwise the newcomer is refused with false.
   */
  join(member: Member): boolean {
    const own = this.#byAddress.get(member.address) ?? new Set<Member>()
    if (this.#size >= SOCKETS_MAX && !this.#makeRoom(own.size)) return false
    this.#byAddress.set(member.address, own.add(member))
    this.#size += 1
    return true
  }

  leave(member: Member): void {
    const own = this.#byAddress.get(member.address)
    if (own?.delete(member) !== true) return
    this.#size -= 1
    if (own.size === 0) this.#byAddress.delete(member.address)
  }

  /** Pays for a frame out of what the address and everybody have left; false where it must wait. */
  pay(address: string, tokens: number): boolean {
    return this.#addressTokens.take(address, tokens) && this.#allTokens.take(ALL, tokens)
  }

  /** Whether a peer's value may be told to everybody now; otherwise others find it by asking. */
  mayTell(address: string): boolean {
    const each = Math.max(1, this.#size)
    return this.#addressDeliveries.take(address, each) && this.#allDeliveries.take(ALL, each)
  }

  #makeRoom(newcomers: number): boolean {
    let fullest: Set<Member> | undefined
    for (const own of this.#byAddress.values()) {
      if (own.size > (fullest?.size ?? newcomers + 1)) fullest = own
    }
    const last = [...(fullest ?? [])].at(-1)
    if (last === undefined) return false
    this.leave(last)
    last.makeRoom()
    return true
  }
}
