import type { IncomingMessage } from 'node:http'
import type { Accounts, Trainer } from './accounts.ts'
import type { Rooms } from './rooms.ts'

/** What pages may ask of the server; reached as `Astro.locals`. */
export interface Locals {
  readonly trainer: Trainer | null
  readonly accounts: Accounts
  readonly rooms: Rooms
  /** Of the local authority's certificate; null without `--lan`. */
  readonly fingerprint: string | null
}
export interface Services {
  readonly accounts: Accounts
  readonly rooms: Rooms
  locals(req: IncomingMessage): Promise<Locals>
}

type Parts = Pick<Locals, 'accounts' | 'rooms' | 'fingerprint'>
export function servicesOf({ accounts, rooms, fingerprint }: Parts): Services {
  return {
    accounts,
    rooms,
    async locals(req) {
      const who = req.headers.cookie === undefined ? null : await accounts.who(req.headers.cookie)
      return { trainer: who?.trainer ?? null, accounts, rooms, fingerprint }
    },
  }
}
