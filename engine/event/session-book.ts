import { bare } from './bare.ts'
import type { Json } from './json.ts'

/** Sessions of signed-in visitors that are remembered; the oldest are forgotten beyond. */
export const SESSIONS_MAX = 4096

interface Known {
  readonly account: string
  readonly ip: string
}

/** Who is signed in on which session, and the address it last came from. */
export class SessionBook {
  readonly #known = new Map<string, Known>()

  /** True where the session is new here or comes from another address than last. */
  see(session: string, account: string, ip: string): boolean {
    const known = this.#known.get(session)
    if (known?.ip === ip) return false
    this.#set(session, { account: bare(account), ip })
    return true
  }

  /** A sign-in names the account before the next request does. */
  name(session: string, account: string): void {
    if (this.#known.get(session)?.account !== account) this.#set(session, { account, ip: '' })
  }

  accountOf(session: string): string | undefined {
    return this.#known.get(session)?.account
  }

  /** The first two numbers of an IPv4 address, the first three groups of an IPv6 one. */
  static network(ip: string): string {
    return ip.includes(':') ? ip.split(':', 3).join(':') : ip.split('.', 2).join('.')
  }

  save(): Json {
    return [...this.#known].map(([session, { account, ip }]) => [session, account, ip])
  }

  restore(saved: Json): void {
    this.#known.clear()
    for (const [session, account, ip] of saved as [string, string, string][])
      this.#known.set(session, { account, ip })
  }

  #set(session: string, known: Known): void {
    this.#known.delete(session)
    this.#known.set(session, known)
    if (this.#known.size > SESSIONS_MAX)
      this.#known.delete(this.#known.keys().next().value as string)
  }
}
