import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'vitest'
import { ledgerWitness, type WitnessOptions } from '../../../range/server/cli/ledger-witness.ts'
import { handleLedgerRequest } from '../../../range/server/ledger/http.ts'
import type { Log } from '../../../range/server/ledger/log.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { Limits } from '../../../range/server/limits.ts'
import { createDesks, type Desks } from '../../../range/server/witness-desks.ts'
import { witnessRoute } from '../../../range/server/witness-http.ts'
import { entry, freshDir, LIVE } from './rig.ts'

/** A log's server over real HTTP, of which the log behind can be exchanged for another. */
export interface Town {
  readonly url: string
  log: Log
  /** What the same server shows under `…/ledger/y`: its other face. */
  other: Log | undefined
  /** Set to answer hand-ins by hand. */
  onHandIn: ((body: string) => Promise<void>) | undefined
  /** Paths of tiles asked for. */
  readonly asked: string[]
  readonly desks: Desks
}

const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

export async function openTown(
  log: Log,
  options: {
    readonly named?: readonly string[]
    readonly now?: () => number
    readonly limits?: Limits
    /** Pages and scripts by path. */
    readonly pages?: ReadonlyMap<string, string>
  } = {},
): Promise<Town> {
  const dirs = { x: freshDir(), y: freshDir() }
  const logs = {
    get: (id: string) => (id === 'x' ? town.log : id === 'y' ? town.other : undefined),
  }
  const desks = createDesks({
    logs,
    dirOf: (id) => dirs[id as 'x'],
    named: options.named ?? [],
    now: options.now ?? (() => Date.now()),
    roundMs: 0,
    hub: { publish: () => '', forget: () => undefined },
  })
  const { limits = new Limits({ burst: 10_000, perSecond: 0 }) } = options
  const route = witnessRoute({ desks, limits, seatOf: (_, token) => seatOf(token) })
  const server = createServer((req, res) => {
    const path = (req.url ?? '').split('?', 1)[0]!
    town.asked.push(path)
    const answer = async (): Promise<void> => {
      if (path.endsWith('/add-cosignature') && town.onHandIn !== undefined) {
        const chunks: Buffer[] = []
        for await (const chunk of req) chunks.push(chunk as Buffer)
        await town.onHandIn(Buffer.concat(chunks).toString('utf8'))
        res.writeHead(200).end('{}')
      } else if (!(await route(req, res, path))) {
        const own = handleLedgerRequest(req, res, logs, desks.cosigned)
        const page = options.pages?.get(path)
        if (!own && page === undefined) res.writeHead(418).end()
        if (own || page === undefined) return
        res.setHeader('Content-Type', path.endsWith('.js') ? 'text/javascript' : 'text/html')
        res.end(page)
      }
    }
    void answer()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    server.close()
    server.closeAllConnections()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ledger/x`
  const town: Town = { url, log, other: undefined, onHandIn: undefined, asked: [], desks }
  return town
}

function seatOf(token: string) {
  const [role, seat] = token.split('-')
  return role === 'trainer' || role === 'defender'
    ? { role: role as 'trainer' | 'defender', seat: seat! }
    : undefined
}

/** A log in a folder of its own, closed after the test. */
export async function openedLog(dir = freshDir(), now?: () => number): Promise<Log> {
  const log = await openLog(dir, { ...LIVE, ...(now === undefined ? {} : { now }) })
  closing.push(() => log.close())
  return log
}

/** Adds `ticks` published ticks; entries of one `hand` differ from those of another. */
export async function grow(log: Log, ticks: number, hand = 0): Promise<void> {
  for (let tick = 0; tick < ticks; tick++) {
    await log.append([entry(hand * 1000 + tick)])
    await log.publish(tick)
  }
}

/** Runs `ledger witness --once` and gives its exit code and what it said. */
export async function witnessOnce(
  options: Partial<WitnessOptions> & Pick<WitnessOptions, 'log' | 'state'>,
): Promise<{ readonly code: number; readonly out: string[]; readonly err: string[] }> {
  const [out, err]: [string[], string[]] = [[], []]
  const io = { out: (line: string) => out.push(line), err: (line: string) => err.push(line) }
  const asked = { everySeconds: 0.2, once: true, ...options }
  return { code: await ledgerWitness(asked, io, new AbortController().signal), out, err }
}

/** The same log twice, gone two ways since the second tick: one key, two histories. */
export async function forkedLogs(ticks: number): Promise<readonly [Log, Log]> {
  const dir = freshDir()
  const log = await openLog(dir, LIVE)
  await grow(log, 2)
  await log.close()
  const both = [await openedLog(freshDir(dir)), await openedLog(freshDir(dir))] as const
  for (const [hand, one] of both.entries()) await grow(one, ticks, hand + 1)
  return both
}
