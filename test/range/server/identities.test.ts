import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EpcisEvent } from '../../../engine/event/telemetry.ts'
import { readWitnessed } from '../../../range/client/witnessed.ts'
import { sealOf } from '../../../range/client/sealed-report.ts'
import { parseDevices, parseSignatures, signedText } from '../../../range/ledger/device-seal.ts'
import { parseDidKey } from '../../../range/ledger/did-key.ts'
import { epcisEventHash } from '../../../range/ledger/epcis-hash.ts'
import { parseProof } from '../../../range/ledger/proof.ts'
import type { CustodyOrder, CustodyTrail } from '../../../range/protocol/custody.ts'
import { NAMESPACES } from '../../../range/protocol/epcis-form.ts'
import { ledgerEvents, type LedgerEventsOptions } from '../../../range/server/cli/ledger-events.ts'
import { Devices } from '../../../range/server/devices.ts'
import { nativeSha256, nativeVerify } from '../../../range/server/ledger/native.ts'
import { cosigned, witnessKey } from '../ledger/witness-rig.ts'
import {
  connect,
  startHarness,
  trainerCookie,
  until,
  type Harness,
  type Player,
} from './harness.ts'

let harness: Harness
let trainer: Player
let player: Player
const seconds = (): number => Math.floor(Date.now() / 1000)

/** A morning with parcels, interrupted by a stop of the server, and its end. */
beforeAll(async () => {
  harness = await startHarness()
  const cookie = await trainerCookie(harness)
  const asked = { scenario: 'market-day', seed: 11 }
  const made = (await harness.post('/api/exercises', asked, { cookie })).body
  trainer = connect(harness, made)
  const joining = { code: made['code'], nickname: 'Pim', role: 'defender' }
  player = connect(harness, (await harness.post('/api/join', joining)).body)
  const base = `${harness.url}/ledger/${trainer.exercise}`
  for (const [i, { token }] of [trainer, player].entries()) {
    const { vkey } = witnessKey(i + 1, `w.example/${i}`)
    const headers = { 'x-seat': token, origin: harness.url }
    const answer = await fetch(`${base}/witness`, { method: 'POST', body: vkey, headers })
    expect(answer.status).toBe(200)
  }
  await play(200)
  await harness.restart()
  trainer.connection.close()
  trainer = connect(harness, made)
  await play(260)
  await until(trainer.connection, ({ view }) => view !== null)
  await trainer.connection.act({ kind: 'Phase', phase: 'ended' })
}, 120_000)
afterAll(async () => {
  for (const { connection } of [trainer, player]) connection.close()
  await harness.stop()
})

/** As the trainer does it, step by step; many at once, since nobody watches. */
async function play(steps: number): Promise<void> {
  const room = harness.running.services.rooms.get(trainer.exercise)!
  const { run } = room
  if (run.phase() === 'lobby') {
    await room.submit({ kind: 'PhaseSet', phase: 'running' })
    await room.submit({ kind: 'PhaseSet', phase: 'paused' })
  }
  const end = run.now() + steps * 1000
  while (run.now() < end) {
    const few = Math.min(8, Math.ceil((end - run.now()) / 1000))
    await Promise.all(Array.from({ length: few }, () => room.submit({ kind: 'Ticked' })))
    while (run.state.steps > 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

const mine = (): Record<string, string> => ({ 'x-seat': player.token })
async function told<T>(path: string, field: string): Promise<T> {
  const answer = await harness.get(`/api/exercises/${player.exercise}/${path}`, mine())
  expect(answer.status).toBe(200)
  return ((await answer.json()) as Record<string, T>)[field]!
}
async function entryAt(index: number): Promise<unknown> {
  const path = `/api/exercises/${player.exercise}/opening/${index}`
  return parseProof(await (await harness.get(path, mine())).text())?.opening.entry
}

test('[L74] over a restart, every report of an order is signed by the device that it names', async () => {
  const orders = await told<readonly CustodyOrder[]>('custody', 'custody')
  const devices = new Set<string>()
  for (const { number } of orders.slice(0, 2)) {
    const trail = await told<CustodyTrail>(`custody/${number}`, 'custody')
    for (const second of trail.seconds) {
      const signed = await Promise.all(second.seals.map(entryAt))
      const taken = await Promise.all(second.devices.map(entryAt))
      const record = {
        origin: `doorstep.local/exercise/${player.exercise}`,
        signed: signed.flatMap((entry) => parseSignatures(entry)?.events ?? []),
        devices: taken.flatMap((entry) => parseDevices(entry)?.devices ?? []),
      }
      for (const { body } of JSON.parse(second.parts[1]!) as { body: object }[]) {
        if (!JSON.stringify(body).includes(`"${trail.order.parcel}"`)) continue
        const seal = sealOf(body, record)
        if (seal === null) continue
        expect(seal).toMatchObject({ verdict: { ok: true } })
        devices.add(seal.device)
      }
    }
  }
  expect(devices.size).toBeGreaterThan(0)
}, 60_000)

test('[L30] with the trainer’s and a player’s cosignature, the end of the record is witnessed for all', async () => {
  const base = `/ledger/${player.exercise}`
  const read = async (name: string): Promise<string | undefined> => {
    const answer = await harness.get(`${base}/${name}`)
    return answer.ok ? answer.text() : undefined
  }
  const vkey = (await read('key.pub'))!.trim()
  const before = await readWitnessed(read, vkey, Date.now())
  expect(before).toMatchObject({ of: 2, quorum: 2, best: undefined })
  const note = (await read('checkpoint'))!
  for (const i of [0, 1]) {
    const key = witnessKey(i + 1, `w.example/${i}`)
    const body = cosigned(note, [key], seconds())
    const answer = await fetch(`${harness.url}${base}/add-cosignature`, { method: 'POST', body })
    expect(answer.status).toBe(200)
  }
  const after = await readWitnessed(read, vkey, Date.now())
  const size = Number(note.split('\n')[1])
  expect(after?.best).toMatchObject({ ok: true, by: 2, named: true, size })
  const [order] = await told<readonly CustodyOrder[]>('custody', 'custody')
  const trail = await told<CustodyTrail>(`custody/${order!.number}`, 'custody')
  for (const { entry } of trail.seconds) expect(entry!).toBeLessThan(after!.best!.size)
}, 30_000)

interface Exported {
  readonly epcisBody: { readonly eventList: readonly Record<string, unknown>[] }
  readonly 'doorstep:signedFor': string
  readonly 'doorstep:signatures': readonly Record<string, string>[]
}

test('[L74] custody is exported as EPCIS 2.0, each event named by its hash and signed', async () => {
  const path = `/api/exercises/${player.exercise}/export.jsonld`
  expect((await harness.get(path)).status).toBe(403)
  const answer = await harness.get(path, mine())
  expect(answer.headers.get('content-type')).toContain('application/ld+json')
  const document = (await answer.json()) as Exported
  const schema = new URL('../telemetry/schemas/epcis-2.0.json', import.meta.url)
  const ajv = new Ajv({
    strict: false,
    formats: {
      uri: /^[a-z][a-z0-9+.-]*:[^\s]+$/i,
      'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
    },
  })
  const valid = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')))
  expect(valid(document), JSON.stringify(valid.errors?.slice(0, 3))).toBe(true)
  const { eventList } = document.epcisBody
  expect(eventList.length).toBeGreaterThan(20)
  const signatures = document['doorstep:signatures']
  expect(signatures).toHaveLength(eventList.length)
  for (const [i, event] of eventList.entries()) {
    expect(epcisEventHash(event, NAMESPACES, nativeSha256)).toEqual({
      ok: true,
      id: event['eventID'],
    })
    const { eventID, did, signature } = signatures[i]!
    expect(eventID).toBe(event['eventID'])
    const text = signedText(document['doorstep:signedFor'], eventID!)
    expect(nativeVerify(parseDidKey(did!)!, text, Buffer.from(signature!, 'base64'))).toBe(true)
  }
})

test('[L74] the command line judges an export by itself, and by the record of its exercise', async () => {
  const answer = await harness.get(`/api/exercises/${player.exercise}/export.jsonld`, mine())
  const text = await answer.text()
  const file = join(harness.data, 'export.jsonld')
  const log = join(harness.data, 'exercises', player.exercise)
  const run = (changed: string, options: LedgerEventsOptions = {}) => {
    writeFileSync(file, changed)
    const said: string[] = []
    const io = { out: (line: string) => said.push(line), err: (line: string) => said.push(line) }
    return { code: ledgerEvents(file, options, io), said: said.join('\n') }
  }
  expect(run(text)).toMatchObject({ code: 0 })
  expect(run(text, { log })).toMatchObject({ code: 0 })
  // One word of one event: its hash is another.
  const bent = run(text.replace(/"disposition": "\w+"/, '"disposition": "lost"'), { log })
  expect(bent).toMatchObject({ code: 1 })
  expect(bent.said).toMatch(/^changed: /)
  // Events and signatures that somebody else made hold by their own word alone.
  const document = JSON.parse(text) as Exported
  const forged = new Devices(() => Buffer.alloc(32, 9), document['doorstep:signedFor'])
  const some = document.epcisBody.eventList.find(({ type }) => type === 'ObjectEvent')
  const event: Record<string, unknown> = { ...some, disposition: 'lost' }
  const body = event as unknown as EpcisEvent
  const at = { at: 0, telemetry: [{ time: 0, uid: '', body }] }
  const [, made] = forged.sealed(at)
  const { hash: eventID, did, signature } = parseSignatures(made)!.events[0]!
  const row = { ...document['doorstep:signatures'][0], eventID, did, signature }
  const one = { epcisBody: { eventList: [{ ...event, eventID }] }, 'doorstep:signatures': [row] }
  expect(run(JSON.stringify({ ...document, ...one }))).toMatchObject({ code: 0 })
  const judged = run(JSON.stringify({ ...document, ...one }), { log })
  expect(judged).toMatchObject({ code: 1 })
  expect(judged.said).toMatch(/^unsigned: scanner:/)
  for (const nothing of ['', 'null', '{}', '{"epcisBody":{"eventList":[null]}}'])
    expect(run(nothing)).toMatchObject({ code: 2 })
  expect(run(text, { log: harness.data })).toMatchObject({ code: 2 })
})
