import type { Page } from '@playwright/test'
import type { Log } from '../../../range/server/ledger/log.ts'
import { createGunHub } from '../../../range/server/gun/hub.ts'
import { Replica } from '../../../range/server/gun/replica.ts'
import { openPage } from './page-server.ts'

/** A published log with its relay and a page at an address, as the server has them. */
export interface PeerTown {
  readonly url: string
  readonly relay: string
  readonly claim: { readonly vkey: string; readonly checkpointKey: string }
  /** Takes page, relay and log away at once. */
  end(): Promise<void>
}

export async function openPeerTown(log: Log): Promise<PeerTown> {
  const hub = createGunHub()
  const replica = new Replica(log, hub)
  replica.update()
  const server = await openPage('./peer-browser-page.ts', hub)
  const { port } = server
  let ended = false
  return {
    url: `http://127.0.0.1:${port}/proof/x`,
    relay: `ws://127.0.0.1:${port}/gun`,
    claim: { vkey: log.vkey, checkpointKey: replica.newest! },
    async end() {
      if (ended) return
      ended = true
      server.close()
      await hub.close()
      await log.close()
    },
  }
}

/** Runs a function of the page by its text. */
export const call = <T>(page: Page, script: string): Promise<T> => page.evaluate(script)
export const said = (value: unknown): string => JSON.stringify(value)

/** Carries offer and answer by hand, as two people with two screens do. */
export async function meet(giver: Page, taker: Page, claim: object): Promise<void> {
  const offer = await call<string>(giver, `offer(${said(claim)})`)
  const answer = await call<string>(taker, `answer(${said(offer)})`)
  await call(giver, `accept(${said(answer)})`)
  await call(taker, 'opened()')
}
