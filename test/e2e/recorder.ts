import type { BrowserContext, Page, Response, WebSocket } from '@playwright/test'

/** Everything that reached one role's browser, as text, in the order in which it came. */
export interface Heard {
  /** Events of the seat's socket: name and body. */
  readonly events: { readonly name: string; readonly body: unknown }[]
  /** Gun's messages. */
  readonly gun: string[]
  /** Sockets to Gun that were opened. */
  gunSockets: number
  /** Answers to requests but those for built files: method, status, address, type and body. */
  readonly http: string[]
  /** Whatever came, board included, to be searched. */
  readonly all: string[]
  /** When something came last but beats; real milliseconds. */
  last: number
}

/** Records all pages of a context from now on. */
export function record(context: BrowserContext): Heard {
  const heard: Heard = { events: [], gun: [], gunSockets: 0, http: [], all: [], last: Date.now() }
  const open: Promise<void>[] = []
  context.on('page', (page) => {
    watch(page, heard)
  })
  context.on('response', (response) => {
    open.push(answered(response, heard))
  })
  return heard
}

function watch(page: Page, heard: Heard): void {
  page.on('websocket', (socket: WebSocket) => {
    const { pathname } = new URL(socket.url())
    if (pathname.startsWith('/gun')) {
      heard.gunSockets += 1
      heard.last = Date.now()
    }
    socket.on('framereceived', ({ payload }) => {
      const text = typeof payload === 'string' ? payload : payload.toString('latin1')
      heard.all.push(text)
      if (pathname.startsWith('/socket.io')) tell(text, heard)
      else if (pathname.startsWith('/gun')) carry(text, heard)
    })
  })
}

/**
 * Gun's messages of a frame, but cosignatures: browsers sign by their own clock, for everybody.
 */
function carry(text: string, heard: Heard): void {
  const all = JSON.parse(text) as unknown
  const told = (Array.isArray(all) ? all : [all])
    .map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
    .filter((one) => !one.includes('cosig#'))
  if (told.length === 0) return
  heard.gun.push(...told)
  heard.last = Date.now()
}

/** Beats measure the line by the real clock and are left out. */
function tell(text: string, heard: Heard): void {
  const found = /^4([23])\d*(\[.*)$/s.exec(text)
  if (found === null) return
  const [name, ...body] = JSON.parse(found[2]!) as [unknown, ...unknown[]]
  if (name === 'beat') return
  heard.events.push(
    found[1] === '2' ? { name: String(name), body: body[0] } : { name: 'answer', body: name },
  )
  heard.last = Date.now()
}

async function answered(response: Response, heard: Heard): Promise<void> {
  const { pathname } = new URL(response.url())
  if (pathname.startsWith('/_astro/') || pathname.startsWith('/socket.io/')) return
  const body = await response.text().catch(() => '')
  heard.all.push(body)
  // What the shop's own page asks for comes by the browser's clock: the shop is compared on its own.
  // So does what witnesses ask of the open record, which is the same for everybody.
  if (pathname.startsWith('/x/') || pathname.startsWith('/ledger/')) return
  heard.http.push(
    `${response.request().method()} ${response.status()} ${pathname} ${response.headers()['content-type'] ?? ''} ${body}`,
  )
  heard.last = Date.now()
}

/** Waits until nothing has come for a while: a state, since what the server owes is shown within 100 ms. */
export async function quiet(all: readonly Heard[], ms = 350): Promise<void> {
  while (all.some(({ last }) => Date.now() - last < ms))
    await new Promise((done) => setTimeout(done, 25))
}

/** Names that differ from game to game become `·` of the same length; so do hashes, salts, keys and signatures. */
export function masked(text: string, names: readonly string[]): string {
  let result = text
  for (const name of names) result = result.replaceAll(name, '·'.repeat(name.length))
  return (
    result
      .replace(/[A-Za-z0-9+/]{40,}={0,2}|[A-Za-z0-9_-]{32,}/g, (found) => '·'.repeat(found.length))
      .replace(
        /"(#|@)":"[A-Za-z0-9]{1,32}"/g,
        (found) => `${found.slice(0, 5)}${'·'.repeat(found.length - 6)}"`,
      )
      .replace(/(\bid\\?":\\?")[0-9a-f]{24}/g, '$1························')
      .replace(/\/x\/[\w-]{24}\//g, '/x/························/')
      // To whom Gun sent it too: as many as have any record open on this server.
      .replace(/"><":"[^"]*"/g, '"><":···')
      .replace(/ uid="\w+"/g, '')
      .replace(/time \d{13}/g, 'time ·············')
      .replace(/(\+|\s)[0-9a-f]{8}(?=\+)/g, '$1········')
  )
}
