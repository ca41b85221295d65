import { spawn, type ChildProcess } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, expect, test, type Browser, type Frame, type Page } from '@playwright/test'
import { connectSeat } from '../../range/client/socket/seat.ts'
import { browserToUse } from './browser.ts'
import { openExercise, startTestServer, type TestServer } from './server.ts'

/**
 * Ways out that a browser driven through contexts of its own would hide: a plain browser with a
 * profile. Each is also tried on an ordinary page, where it must work: so a silent test says nothing.
 */
test.describe.configure({ mode: 'serial' })
let server: TestServer
let child: ChildProcess
let browser: Browser
let page: Page
let frame: Frame
let shop = ''
let control: Page
const profile = mkdtempSync(join(tmpdir(), 'doorstep-profile-'))
/** Listeners outside: one for the cage, one for the ordinary page. */
const outside: {
  readonly http: Server
  readonly udp: Socket
  readonly port: number
  readonly udpPort: number
  connections: number
  packets: number
}[] = []

test.beforeAll(async () => {
  server = await startTestServer()
  for (let i = 0; i < 2; i++) outside.push(await listenOutside())
  const { executablePath, args = [] } = await browserToUse()
  child = spawn(executablePath ?? chromium.executablePath(), [
    ...args,
    '--headless=new',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    '--no-first-run',
    'about:blank',
  ])
  browser = await chromium.connectOverCDP(await debuggerOf(child))
  const context = browser.contexts()[0]!
  const made = await openExercise(server, 'w1', ['customer'])
  const [customer] = made.seats
  const trainer = connectSeat({ ...made.trainer, url: server.url, headers: { origin: server.url } })
  expect(await trainer.act({ kind: 'Phase', phase: 'running' })).toEqual({ ok: true })
  trainer.close()
  page = await context.newPage()
  await page.goto(`${server.url}/join`)
  await page.evaluate(
    ([key, token]) => {
      localStorage.setItem(key!, token!)
    },
    [`doorstep.seat.${customer!.exercise}`, customer!.token],
  )
  await page.goto(`${server.url}${customer!.href}`)
  const element = await page.waitForSelector('iframe[src*="/x/"]')
  frame = (await element.contentFrame())!
  await frame.waitForSelector('header')
  shop = frame.url()
  control = await context.newPage()
  await control.goto(`http://127.0.0.1:${outside[1]!.port}/`)
})
test.afterAll(async () => {
  await browser.close()
  const gone = new Promise((done) => child.once('exit', done))
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL')
    await gone
  }
  for (const { http, udp } of outside) {
    http.closeAllConnections()
    http.close()
    udp.close()
  }
  await server.stop()
  rmSync(profile, { recursive: true, force: true })
})

async function listenOutside(): Promise<(typeof outside)[number]> {
  const http = createServer((_req, res) => {
    res.setHeader('content-type', 'text/html')
    res.setHeader('access-control-allow-origin', '*')
    res.end('<!doctype html><title>an ordinary page</title>')
  })
  const udp = createSocket('udp4')
  await new Promise<void>((done) =>
    http.listen(0, '127.0.0.1', () => {
      done()
    }),
  )
  await new Promise<void>((done) =>
    udp.bind(0, '127.0.0.1', () => {
      done()
    }),
  )
  const one = {
    http,
    udp,
    port: (http.address() as { port: number }).port,
    udpPort: udp.address().port,
    connections: 0,
    packets: 0,
  }
  http.on('connection', () => {
    one.connections += 1
  })
  udp.on('message', () => {
    one.packets += 1
  })
  return one
}
function debuggerOf(one: ChildProcess): Promise<string> {
  return new Promise((done, reject) => {
    let text = ''
    one.stderr!.on('data', (data: Buffer) => {
      text += String(data)
      const found = /DevTools listening on (ws:\S+)/.exec(text)?.[1]
      if (found !== undefined) done(found)
    })
    one.once('exit', () => reject(new Error(`the browser ended: ${text.slice(-500)}`)))
  })
}

const preconnect = (host: string): string =>
  `for (const rel of ['preconnect', 'dns-prefetch', 'prefetch', 'prerender', 'modulepreload']) { const link = document.createElementNS('http://www.w3.org/1999/xhtml', 'link'); link.setAttributeNS(null, 'rel', rel); link.setAttributeNS(null, 'href', 'http://${host}/'); document.head.append(link) }`
const peer = (port: number): string =>
  `(() => { try { const p = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:${port}' }] }); p.createDataChannel('x'); p.createOffer().then((o) => p.setLocalDescription(o)).catch(() => undefined) } catch { /* Not even made. */ } })()`

test('[Z7] no early connection leaves the cage, where an ordinary page opens one', async () => {
  const [caged, open] = outside as [(typeof outside)[number], (typeof outside)[number]]
  const before = open.connections
  await frame.evaluate(preconnect(`127.0.0.1:${caged.port}`))
  // Kept-alive connections would be used again: another name of the same machine makes a new one.
  await control.evaluate(preconnect(`localhost:${open.port}`))
  await expect.poll(() => open.connections).toBeGreaterThan(before)
  await expect(page.locator('.browser-address')).toBeVisible()
  expect(caged.connections).toBe(0)
})

test('[Z7] no WebRTC packet leaves the cage, where an ordinary page sends some', async () => {
  const [caged, open] = outside as [(typeof outside)[number], (typeof outside)[number]]
  await frame.evaluate(peer(caged.udpPort))
  await control.evaluate(peer(open.udpPort))
  await expect.poll(() => open.packets).toBeGreaterThan(0)
  expect(caged.packets).toBe(0)
})

test('[Z7] neither an address nor a refresh nor a telephone number leads the frame away', async () => {
  const [caged] = outside as [(typeof outside)[number]]
  const target = `http://127.0.0.1:${caged.port}/`
  const before = page.url()
  const ways = [
    `location.href = '${target}'`,
    `location.replace('${target}')`,
    `document.head.insertAdjacentHTML('beforeend', '<meta http-equiv="refresh" content="0;url=${target}">')`,
    `document.body.insertAdjacentHTML('beforeend', '<iframe srcdoc="<script>location.href=&quot;${target}&quot;</script>"></iframe>')`,
    `location.href = 'tel:+4912345'`,
    `{ const a = document.createElement('a'); a.href = 'mailto:x@example.com'; document.body.append(a); a.click() }`,
  ]
  // A way that was stopped late may break into the next visit: it is made again.
  const visit = (): Promise<void> =>
    expect(async () => {
      await frame.goto(shop)
      await frame.waitForSelector('header')
    }).toPass()
  for (const way of ways) {
    await visit()
    await frame.evaluate(`setTimeout(() => { ${way} }, 0)`)
    // Where it leads away, the frame shows an error or nothing; the page around it stands.
    await expect.poll(() => page.evaluate('document.readyState')).toBe('complete')
    expect(page.url(), way).toBe(before)
  }
  await visit()
  expect(caged.connections).toBe(0)
})

test('[Z1] no channel, no sibling frame, no full screen', async () => {
  await page.evaluate(
    `(() => { window.heardFromCage = []; new BroadcastChannel('x').onmessage = (event) => window.heardFromCage.push(event.data) })()`,
  )
  const tried = (await frame.evaluate(`(async () => {
    const result = {}
    try { const channel = new BroadcastChannel('x'); channel.postMessage('out'); result.channel = 'made' } catch (error) { result.channel = error.name }
    try { result.sibling = String(parent.frames[0] === self || parent.frames[0].document.title) } catch (error) { result.sibling = error.name }
    try { await document.documentElement.requestFullscreen(); result.full = 'full' } catch (error) { result.full = 'stopped' }
    return result
  })()`)) as Record<string, string>
  expect(tried['full']).toBe('stopped')
  expect(tried['sibling']).toBe('true')
  // A word from the page to itself comes after whatever the cage could have said before.
  await page.evaluate(
    `new Promise((done) => { const own = new BroadcastChannel('x'); own.postMessage('own'); const wait = () => (window.heardFromCage.includes('own') ? done() : setTimeout(wait, 10)); wait() })`,
  )
  expect(await page.evaluate('window.heardFromCage')).toEqual(['own'])
})
