import { createServer, type Server as NetServer } from 'node:net'
import { resolve } from 'node:path'
import { renderUnicodeCompact } from 'uqr'
import { createAccounts, INVITATION_MINUTES } from './accounts.ts'
import { handleApi } from './api.ts'
import { createBoards } from './boards.ts'
import { createCage } from './cage.ts'
import { openStore } from './database.ts'
import { createGunHub } from './gun/hub.ts'
import { holdData, type Held } from './hold-data.ts'
import { createHttp } from './http.ts'
import { bothProtocols, localAddresses, localCertificate } from './lan.ts'
import { handleLedgerRequest } from './ledger/http.ts'
import { answerCheckpointKey, shareLogs } from './replicate.ts'
import { Rooms } from './rooms.ts'
import { shippedScenarios } from './scenarios.ts'
import { servicesOf, type Services } from './services.ts'
import { loadSite, type SiteHandler } from './site.ts'
import { createSeatSockets } from './sockets.ts'
import { answerTrust } from './trust.ts'
import { routeUpgrades } from './upgrade.ts'
import { createDesks } from './witness-desks.ts'
import { witnessRoute } from './witness-http.ts'

export interface ServeOptions {
  readonly port: number
  readonly data: string
  readonly lan: boolean
  readonly publicUrl?: URL
  /** Witness keys of named servers: one of them, or the trainer's browser, makes a quorum. */
  readonly witnesses?: readonly string[]
  /** What shows pages; the built site by default. */
  readonly site?: SiteHandler
}
export interface Running {
  readonly port: number
  /** Address to open on this machine. */
  readonly address: string
  readonly services: Services
  close(): Promise<void>
}

/**
 * Starts the whole platform on one port; rejects with EADDRINUSE where that is taken, before it has
 * touched the data, and with one line where another server has the data.
 */
export async function startServer(options: ServeOptions): Promise<Running> {
  const host = options.lan ? '0.0.0.0' : '127.0.0.1'
  if (options.port !== 0) await probe(options.port, host)
  const held = holdData(resolve(options.data))
  try {
    return await compose(options, host, held)
  } catch (error) {
    held.release()
    throw error
  }
}

async function compose(options: ServeOptions, host: string, held: Held): Promise<Running> {
  const store = openStore(resolve(options.data))
  const accounts = createAccounts(store)
  const rooms = await Rooms.open(store)
  const hub = createGunHub()
  const replicas = shareLogs(rooms, hub)
  for (const line of await rooms.resume())
    process.stderr.write(`doorstep: could not go on with ${line}\n`)
  const desks = createDesks({
    logs: rooms.shelf(),
    dirOf: (id) => rooms.dirOf(id),
    named: options.witnesses ?? [],
    now: () => Date.now(),
    hub,
  })
  const sockets = createSeatSockets(rooms, options.publicUrl)
  const boards = createBoards(store, rooms)
  const certificate = options.lan ? localCertificate(store.dir) : undefined
  const services = servicesOf({ accounts, rooms, fingerprint: certificate?.fingerprint ?? null })
  const http = createHttp({
    ...given(options.publicUrl),
    foreign: [createCage(rooms, options.publicUrl)],
    own: [
      (_req, res, path) => answerCheckpointKey(replicas, res, path),
      witnessRoute({
        desks,
        seatOf: (id, token) => rooms.witnessSeat(id, token),
        ...given(options.publicUrl),
      }),
      (req, res) => handleLedgerRequest(req, res, rooms.shelf(), desks.cosigned),
      (req, res, path) =>
        handleApi(
          { store, rooms, accounts, replicas, labScenario, ...given(options.publicUrl) },
          req,
          res,
          path,
        ),
      (req, res, path) => {
        if (!path.startsWith('/socket.io/')) return false
        sockets.engine.handleRequest(req as never, res)
        return true
      },
      (req, res, path) => answerTrust(certificate, req, res, path),
    ],
    site: options.site ?? (await loadSite()),
    locals: (req) => services.locals(req),
  })
  routeUpgrades(
    http,
    [
      {
        path: '/socket.io',
        handle: (req, socket, head) => {
          sockets.engine.handleUpgrade(req as never, socket as never, head)
        },
      },
      {
        path: '/board',
        handle: (req, socket, head) => {
          boards.handleUpgrade(req, socket, head)
        },
      },
      // Gun lives in a sandboxed frame whose origin is opaque. It carries only what anybody may have.
      {
        path: '/gun',
        opaqueOrigin: true,
        handle: (req, socket, head) => {
          hub.handleUpgrade(req, socket, head)
        },
      },
    ],
    options.publicUrl,
  )
  const listener: NetServer = certificate === undefined ? http : bothProtocols(http, certificate)
  const stop = async (): Promise<void> => {
    listener.close()
    http.closeAllConnections()
    sockets.close()
    await rooms.close()
    await boards.close()
    await hub.close()
    store.close()
    held.release()
  }
  try {
    const port = await listen(listener, options.port, host)
    const address = options.publicUrl?.origin ?? `http://127.0.0.1:${port}`
    store.set(
      'address',
      options.lan ? `http://${localAddresses()[0] ?? '127.0.0.1'}:${port}` : address,
    )
    return { port, address, services, close: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function given(publicUrl: URL | undefined): { readonly publicUrl?: URL } {
  return publicUrl === undefined ? {} : { publicUrl }
}

function listen(server: NetServer, port: number, host: string): Promise<number> {
  return new Promise((done, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      done((server.address() as { port: number }).port)
    })
  })
}

async function probe(port: number, host: string): Promise<void> {
  const server = createServer()
  await listen(server, port, host)
  await new Promise((done) => server.close(done))
}

const LABS: Readonly<Record<string, string>> = { s1: 's1-lab' }
/** Which scenario a module's lab plays: its own where there is one, otherwise the skimmer's. */
function labScenario(module: string | undefined): string {
  const wanted = LABS[module ?? ''] ?? module ?? 's1-lab'
  return shippedScenarios().includes(wanted) ? wanted : 's1-lab'
}

/** `doorstep serve`: runs until it is told to stop. Returns the exit code. */
export async function serve(options: ServeOptions): Promise<number> {
  let running: Running
  try {
    running = await startServer(options)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      process.stderr.write(
        `port ${options.port} is taken; choose another: npm start -- --port ${options.port + 1}\n`,
      )
    else if (code === 'EACCES')
      process.stderr.write(
        `port ${options.port} needs more rights; choose another: npm start -- --port 8080\n`,
      )
    else process.stderr.write(`${message}\n`)
    return 2
  }
  greet(running, options)
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        done()
      })
  })
  await Promise.race([running.close(), new Promise((done) => setTimeout(done, 5000).unref())])
  return 0
}

/** Tells on the terminal where to go, and how the first trainer signs up. */
function greet(running: Running, options: ServeOptions): void {
  const { accounts } = running.services
  const say = (text: string): void => {
    process.stdout.write(`${text}\n`)
  }
  const lan = options.lan ? localAddresses() : []
  const main = lan[0] === undefined ? running.address : `http://${lan[0]}:${running.port}`
  say(`\n  Doorstep is open at ${running.address}`)
  for (const address of lan)
    say(
      `  In this room:        http://${address}:${running.port}  and  https://${address}:${running.port}`,
    )
  if (options.lan) say(`  To trust it:         ${main}/trust`)
  if (!accounts.any())
    say(
      `\n  First trainer: ${main}/setup?token=${accounts.invite('setup')}\n  (this link works once, for ${INVITATION_MINUTES} minutes; npm run -s doorstep -- invite makes another)`,
    )
  if (options.lan) say(`\n${renderUnicodeCompact(`${main}/join`)}\n  ${main}/join`)
  say('')
}
