import { createServer, type Server } from 'node:http'
import { expect, test, type Frame, type Page } from '@playwright/test'
import { openExercise, post, startTestServer, type Seat, type TestServer } from './server.ts'

/** Each way out of the cage is tried from within, as a planted script would. */
let server: TestServer
let customer: Seat
let other: Seat
let trainer: Seat
let outside: Server
let outsideUrl = ''
const reached: string[] = []
let page: Page
let frame: Frame
let shop = ''

test.beforeAll(async ({ browser }) => {
  server = await startTestServer()
  const made = await openExercise(server, 'w1', ['customer', 'customer'])
  ;[customer, other] = made.seats as [Seat, Seat]
  trainer = made.trainer
  outside = createServer((req, res) => {
    reached.push(req.url ?? '')
    res.setHeader('access-control-allow-origin', '*')
    res.end('x')
  })
  await new Promise<void>((done) => {
    outside.listen(0, '127.0.0.1', () => {
      done()
    })
  })
  outsideUrl = `http://127.0.0.1:${(outside.address() as { port: number }).port}`
  const context = await browser.newContext({ acceptDownloads: true })
  const [name = '', value = ''] = made.cookie.split('=')
  await context.addCookies([{ name, value, url: server.url, httpOnly: true, sameSite: 'Lax' }])
  page = await context.newPage()
  await page.addInitScript(
    ([key, token]) => {
      localStorage.setItem(key!, token!)
    },
    [`doorstep.seat.${customer.exercise}`, customer.token],
  )
  await start()
  await page.goto(`${server.url}${customer.href}`)
  const element = await page.waitForSelector('iframe[src*="/x/"]')
  frame = (await element.contentFrame())!
  await frame.waitForSelector('header')
  shop = frame.url()
})
/**
 * A way out that was stopped may leave the frame on an error page: each test begins in the shop.
 */
test.beforeEach(async () => {
  await frame.goto(shop)
  await frame.waitForSelector('header')
})
test.afterAll(async () => {
  await page.context().close()
  outside.close()
  await server.stop()
})

/** The trainer starts the exercise, over a socket as the console does. */
async function start(): Promise<void> {
  const { connectSeat } = await import('../../range/client/socket/seat.ts')
  const connection = connectSeat({
    exercise: trainer.exercise,
    token: trainer.token,
    url: server.url,
    headers: { origin: server.url },
  })
  expect(await connection.act({ kind: 'Phase', phase: 'running' })).toEqual({ ok: true })
  connection.close()
}
const inFrame = <T>(script: string): Promise<T> => frame.evaluate(script) as Promise<T>
const thrown = (expression: string): string =>
  `(() => { try { ${expression}; return 'reached' } catch (error) { return error.name } })()`
const asked = (expression: string): string =>
  `(async () => { try { const answer = await (${expression}); return answer && answer.status !== undefined ? 'status ' + answer.status : 'reached' } catch (error) { return 'stopped' } })()`
const settle = (ms = 600): Promise<void> => page.waitForTimeout(ms)

test('[Z1] the frame is an opaque origin without cookies, storage, service worker or parent', async () => {
  expect(await inFrame('self.origin')).toBe('null')
  expect(await inFrame('document.cookie')).toBe('')
  for (const tried of [
    'localStorage.length',
    'sessionStorage.length',
    'indexedDB.open("x")',
    'parent.document.title',
    'top.location.href',
    'navigator.serviceWorker.register("sw.js")',
  ]) {
    expect(
      await inFrame(
        thrown(
          `const x = ${tried}; if (x && x.catch) x.catch(() => {}); if (x === undefined) throw new Error('nothing')`,
        ),
      ),
      tried,
    ).toBe('SecurityError')
  }
})
test('[Z2] its cookie is fictional and stays in the page', async () => {
  expect(await inFrame('(document.cookie = "a=1; path=/", document.cookie)')).toBe('a=1')
  const cookies = await page.context().cookies()
  expect(cookies.filter(({ name }) => name === 'a')).toEqual([])
})
test('[Z3] the first load of the frame carried no cookie of the platform, and nothing sets one', async () => {
  const requests: Record<string, string>[] = []
  page.on('request', (request) => {
    if (request.url().includes('/x/'))
      void request.allHeaders().then((headers) => requests.push(headers))
  })
  await frame.goto(shop)
  await settle()
  expect(requests.length).toBeGreaterThan(0)
  for (const headers of requests) expect(headers['cookie'] ?? '').toBe('')
  await frame.waitForSelector('header')
})
test('[Z4] the platform and another cage cannot be asked, read or posted to', async () => {
  const otherShop = shop.replace(/\/x\/[^/]+\//, '/x/AAAAAAAAAAAAAAAAAAAAAAAA/')
  for (const target of [`${server.url}/api/me`, `${server.url}/`, otherShop]) {
    expect(
      await inFrame(
        asked(
          `new XMLHttpRequestLike(${JSON.stringify(target)})`.replace(
            'new XMLHttpRequestLike',
            'fetch',
          ),
        ),
      ),
      target,
    ).toBe('status 502')
    expect(
      await inFrame(asked(`fetch(${JSON.stringify(target)}, { method: 'POST', body: '{}' })`)),
      target,
    ).toBe('status 502')
    expect(
      await inFrame(
        `new Promise((done) => { const i = document.createElementNS('http://www.w3.org/1999/xhtml', 'img'); i.onload = () => done('loaded'); i.onerror = () => done('stopped'); i.src = ${JSON.stringify(target)} })`,
      ),
      target,
    ).toBe('stopped')
  }
})
test('[Z5] no socket opens: not socket.io, not the board, not Gun', async () => {
  for (const path of ['/socket.io/?EIO=4&transport=websocket', '/board', '/gun']) {
    const url = server.url.replace('http', 'ws') + path
    expect(
      await inFrame(
        `new Promise((done) => { try { const w = new WebSocket(${JSON.stringify(url)}); w.onopen = () => done('open'); w.onerror = () => done('stopped') } catch (e) { done('stopped') } })`,
      ),
      path,
    ).toBe('stopped')
  }
})
test('[Z6] the top cannot be navigated, no window opens, nothing is downloaded', async () => {
  const before = page.url()
  await inFrame(thrown(`top.location = ${JSON.stringify(`${outsideUrl}/top`)}`))
  expect(await inFrame('String(window.open("https://evil.example/"))')).toBe('null')
  const downloads: unknown[] = []
  page.on('download', (one) => downloads.push(one))
  await inFrame(
    `(() => { const a = document.createElement('a'); a.href = 'data:text/plain,x'; a.setAttribute('download', 'x'); document.body.append(a); a.click() })()`,
  )
  await settle()
  expect(page.url()).toBe(before)
  expect(downloads).toEqual([])
  expect(page.context().pages()).toHaveLength(1)
})
test('[Z7] the outside is not reached by fetch, image, style, frame, form or beacon', async () => {
  reached.length = 0
  const out = outsideUrl
  await inFrame(asked(`fetch('${out}/fetch')`))
  await inFrame(`(() => {
    const raw = (kind, set) => { const e = document.createElement(kind); set(e); document.body.append(e) }
    Object.getPrototypeOf(navigator)
    raw('img', (e) => { e.src = '${out}/img' })
    raw('link', (e) => { e.rel = 'stylesheet'; e.href = '${out}/css' })
    raw('link', (e) => { e.rel = 'prefetch'; e.href = '${out}/prefetch' })
    raw('iframe', (e) => { e.src = '${out}/frame' })
    raw('style', (e) => { e.textContent = '@import "${out}/import"; body { background: url(${out}/background) }' })
    raw('object', (e) => { e.data = '${out}/object' })
    const holder = document.createElement('div'); holder.innerHTML = '<img src="${out}/inner"><iframe srcdoc="<img src=${out}/srcdoc>"></iframe><form action="${out}/form" method="post"><button></button></form>'; document.body.append(holder)
    holder.querySelector('form').submit
    navigator.sendBeacon('${out}/beacon', 'x')
  })()`)
  await settle(1200)
  expect(reached).toEqual([])
})
test('[Z8] a redirect never leaves the own capability', async () => {
  const base = shop.split('/~/')[0]!
  for (const [path, status] of [
    ['//evil.example', 200],
    ['/%2f%2fevil.example', 404],
    ['/..%2f..%2f..%2fapi/me', 404],
    ['/login?next=//evil.example', 404],
  ] as const) {
    // Pages of the shop, there or not: none sends elsewhere.
    const response = await fetch(`${base}/~/larchlane.example${path}`, { redirect: 'manual' })
    expect(response.status, path).toBe(status)
    expect(response.headers.get('location'), path).toBeNull()
  }
  const signIn = await fetch(`${base}/~/larchlane.example/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'null' },
    body: 'account=x&code=1&next=//evil.example/',
  })
  expect(signIn.headers.get('location')?.startsWith(`${base}/~/larchlane.example/`)).toBe(true)
})
test('[Z9] base and referrer give nothing away', async () => {
  await inFrame(
    `(() => { const b = document.createElement('base'); b.href = '${outsideUrl}/'; document.head.append(b) })()`,
  )
  expect(await inFrame('document.baseURI')).toBe(shop)
  expect(await inFrame('document.referrer')).toBe('')
})
test('[Z10] every answer below /x/ is caged, errors too; it is never shown by itself', async () => {
  const base = shop.split('/~/')[0]!
  for (const url of [
    shop,
    `${base}/~/nowhere.example/`,
    `${server.url}/x/short/~/a.example/`,
    `${server.url}/x/`,
    `${base}/~shim.js`,
  ]) {
    const response = await fetch(url)
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy, url).toContain("sandbox allow-scripts allow-forms; default-src 'none'")
    expect(response.headers.get('connection-allowlist'), url).toBe(
      '(response-origin);redirects=allow',
    )
    expect(response.headers.get('access-control-allow-origin'), url).toBe('*')
    expect(response.headers.get('access-control-allow-credentials'), url).toBeNull()
    expect(response.headers.get('cross-origin-resource-policy'), url).toBeNull()
    expect(response.headers.get('set-cookie'), url).toBeNull()
    expect(response.headers.get('cache-control'), url).toBe('no-store')
  }
  const alone = await page.context().newPage()
  const shown = await alone.goto(shop)
  expect(shown?.status()).toBe(403)
  await alone.close()
  expect((await fetch(shop, { headers: { 'service-worker': 'script' } })).status).toBe(403)
})
test('[Z11] a request from the cage to the platform is refused by its origin, cookie or not', async () => {
  const answer = await fetch(`${server.url}/api/signout`, {
    method: 'POST',
    headers: { origin: 'null', 'content-type': 'application/json' },
    body: '{}',
  })
  expect(answer.status).toBe(403)
  const own = await post(server, '/api/join', { code: 'ZZZZZZ', nickname: 'x' })
  expect(own.status).toBe(404)
})
test('[Z12] messages and window.name do not help: a forged one changes nothing outside the window', async () => {
  const before = page.url()
  await inFrame(
    `(() => { window.name = 'x'.repeat(1000); for (const m of [null, 1, 'x', { doorstep: 'page', address: 'a'.repeat(1e5) }, { doorstep: 'fill' }, { type: 'navigate', to: '/' }]) parent.postMessage(m, '*') })()`,
  )
  await settle()
  expect(page.url()).toBe(before)
  expect(
    await page
      .locator('.browser-address')
      .textContent()
      .then((text) => (text ?? '').length),
  ).toBeLessThan(260)
})
test('[Z13] a card that was not printed here is refused before it is stored', async () => {
  const response = await fetch(`${shop}checkout/pay`, {
    method: 'POST',
    headers: { origin: 'null', 'content-type': 'application/x-www-form-urlencoded' },
    body: 'card=4111+1111+1111+1111',
  })
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('only the cards of your own wallet')
  const { readFileSync } = await import('node:fs')
  const openings = readFileSync(
    `${server.data}/exercises/${customer.exercise}/ledger/openings.jsonl`,
    'utf8',
  )
  expect(openings).not.toContain('4111')
})
test('[Z14] an endless loop in the shop does not stop the page around it', async () => {
  void inFrame('(() => { const end = Date.now() + 3000; while (Date.now() < end); })()').catch(
    () => undefined,
  )
  const answer = await Promise.race([
    page.evaluate('1 + 1'),
    new Promise((done) =>
      setTimeout(() => {
        done('blocked')
      }, 2500),
    ),
  ])
  expect(answer).toBe(2)
})
test("[Z15] the platform's own pages cannot be framed and run no planted script", async () => {
  const response = await fetch(`${server.url}/`)
  const policy = response.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).toContain(`script-src ${server.url}/_astro/`)
  expect(policy).not.toMatch(/script-src[^;]*'self'/)
  expect(response.headers.get('x-frame-options')).toBe('DENY')
  expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin')
  expect(response.headers.get('connection-allowlist')).toBe('(response-origin)')
  expect(other.seat).not.toBe(customer.seat)
})
