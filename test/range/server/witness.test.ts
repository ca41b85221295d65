import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isWitnessed } from '../../../range/ledger/quorum.ts'
import { parseGunFrame } from '../../../range/ledger/gun-message.ts'
import { parseBundle } from '../../../range/ledger/tile.ts'
import { hashLeaf } from '../../../range/ledger/tree.ts'
import { nativeSha256, nativeTools } from '../../../range/server/ledger/native.ts'
import { cosigned, witnessKey } from '../ledger/witness-rig.ts'
import { startHarness, trainerCookie, type Harness } from './harness.ts'

let harness: Harness
let made: Record<string, string>
let base: string
const [trainer, player] = [witnessKey(1, 'w.example/t'), witnessKey(2, 'w.example/p')]

beforeAll(async () => {
  harness = await startHarness()
  const cookie = await trainerCookie(harness)
  const asked = { scenario: 's1-lab' }
  made = (await harness.post('/api/exercises', asked, { cookie })).body as Record<string, string>
  base = `/ledger/${made['exercise']}`
  const room = harness.running.services.rooms.get(made['exercise']!)!
  await room.log.publish(0, 20)
})
afterAll(() => harness.stop())

async function post(path: string, body: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${harness.url}${base}/${path}`, { method: 'POST', body, headers })
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    text: await answer.text(),
  }
}
const text = async (path: string) => (await harness.get(`${base}/${path}`)).text()
const nowSeconds = () => Math.floor(Date.now() / 1000)

describe('the log over HTTP', () => {
  it('[L17] is laid out and cached as C2SP tlog-tiles says', async () => {
    const answer = async (path: string) => {
      const response = await harness.get(`${base}/${path}`)
      const { headers } = response
      const bytes = new Uint8Array(await response.arrayBuffer())
      const [type, cache] = [headers.get('content-type'), headers.get('cache-control')]
      return { status: response.status, type, cache, bytes }
    }
    expect(await answer('checkpoint')).toMatchObject({
      status: 200,
      type: 'text/plain; charset=utf-8',
      cache: 'no-store',
    })
    const immutable = {
      status: 200,
      type: 'application/octet-stream',
      cache: 'public, max-age=31536000, immutable',
    }
    const tile = await answer('tile/0/000')
    expect(tile).toMatchObject(immutable)
    expect(tile.bytes).toHaveLength(8192)
    expect((await answer('tile/0/001.p/64')).bytes).toHaveLength(64 * 32)
    expect((await answer('tile/1/000.p/1')).bytes).toHaveLength(32)
    const bundle = await answer('tile/entries/000')
    expect(bundle).toMatchObject(immutable)
    const leaves = parseBundle(bundle.bytes)!
    expect(leaves).toHaveLength(256)
    const first = Buffer.from(hashLeaf(leaves[0]!, nativeSha256))
    expect(first.equals(tile.bytes.subarray(0, 32))).toBe(true)
    // Nothing empty, nothing not there yet, one spelling each.
    const others = ['tile/1/000', 'tile/0/001.p/0', 'tile/0/001.p/65', 'tile/0/002.p/1']
    for (const path of [...others, 'tile/00/000', 'tile/0/0', 'tile/0/000.p/256']) {
      const { status, bytes } = await answer(path)
      // The stub of the site answers what is no address of the log at all.
      expect(status === 404 || Buffer.from(bytes).toString() === 'page', path).toBe(true)
    }
  })
})

describe('witnesses over HTTP', () => {
  it('[L31] a seat makes its key known; strangers and other pages do not', async () => {
    const { url } = harness
    const seat = { 'x-seat': made['token']!, origin: url }
    expect(await post('witness', trainer.vkey, seat)).toMatchObject({ status: 200 })
    const join = { code: made['code'], nickname: 'Pia', role: 'customer' }
    const joined = (await harness.post('/api/join', join)).body as Record<string, string>
    const other = { 'x-seat': joined['token']!, origin: url }
    expect(await post('witness', player.vkey, other)).toMatchObject({ status: 200 })
    const refused: [string, Record<string, string>, number][] = [
      [player.vkey, { origin: url }, 403],
      [player.vkey, { 'x-seat': 'nobody', origin: url }, 403],
      [player.vkey, { 'x-seat': made['token']! }, 403],
      [player.vkey, { 'x-seat': made['token']!, origin: 'http://elsewhere.example' }, 403],
      [player.vkey, seat, 409],
      ['nonsense', seat, 400],
      ['x'.repeat(4096), seat, 413],
    ]
    for (const [vkey, headers, status] of refused) {
      expect(await post('witness', vkey, headers), vkey.slice(0, 20)).toMatchObject({ status })
    }
    const list = JSON.parse(await text('witnesses')) as { witnesses: { kind: string }[] }
    expect(list.witnesses.map(({ kind }) => kind)).toEqual(['trainer', 'player'])
    expect(JSON.stringify(list)).not.toMatch(new RegExp(`${made['seat']}|${joined['seat']}|Pia`))
  })

  it('[L30] hands in, is counted, is shown, and comes through Gun', async () => {
    const socket = new WebSocket(`${harness.url.replace('http', 'ws')}/gun`, {
      headers: { origin: 'null' },
    })
    const news: string[] = []
    socket.on('message', (data) => {
      const frame = parseGunFrame(String(data), Date.now(), nativeSha256)
      for (const one of frame.ok ? frame.messages : []) {
        if (one.kind === 'put' && one.space === 'cosig') news.push(one.value)
      }
    })
    await new Promise((resolve) => socket.once('open', resolve))
    const note = await text('round')
    expect(await post('add-cosignature', note)).toMatchObject({ status: 403 })
    expect(await post('add-cosignature', 'nothing')).toMatchObject({ status: 400 })
    expect(await post('add-cosignature', 'x'.repeat(20_000))).toMatchObject({ status: 413 })
    const late = cosigned(note, [trainer], nowSeconds() - 86_400)
    expect(await post('add-cosignature', late)).toMatchObject({ status: 400 })
    const first = await post('add-cosignature', cosigned(note, [player], nowSeconds()))
    expect(JSON.parse(first.text)).toMatchObject({ ok: true, by: 1, witnessed: false })
    const second = await post('add-cosignature', cosigned(note, [trainer], nowSeconds()))
    expect(JSON.parse(second.text)).toMatchObject({ ok: true, by: 2, witnessed: true })
    const shown = await text('witnessed')
    expect(shown).toBe(await text('checkpoint'))
    const witnesses = [trainer.vkey, player.vkey]
    const policy = { witnesses, quorum: 2, oneOf: [trainer.vkey] }
    expect(isWitnessed(shown, policy, nativeTools, Date.now())).toMatchObject({ ok: true })
    await expect.poll(() => news, { timeout: 10_000 }).toContain(shown)
    socket.close()
    expect((await harness.get(`${base}/fork-proof`)).status).toBe(404)
    expect((await harness.get(`${base}/add-cosignature`)).status).toBe(405)
    expect((await harness.get('/ledger/nobody/witnesses')).status).toBe(404)
  })

  it('[L36] who waits for the next round is answered when it is there', async () => {
    const size = (await text('round')).split('\n')[1]!
    const waiting = text(`round?after=${size}`)
    await harness.running.services.rooms.get(made['exercise']!)!.log.publish(21)
    expect(Number((await waiting).split('\n')[1])).toBe(Number(size) + 16)
    expect(await text(`round?after=${size}`)).toBe(await text('round'))
  })
})
