import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isEpcis, type EpcisEvent } from '../../../engine/event/telemetry.ts'
import { sealOf, type Seal } from '../../../range/client/sealed-report.ts'
import { custodyOrders, custodyTrail } from '../../../range/exercise/custody-trail.ts'
import {
  parseDevices,
  parseSignatures,
  SIGNATURES_MAX,
  type Device,
  type SignedEvent,
} from '../../../range/ledger/device-seal.ts'
import { parseDidKey } from '../../../range/ledger/did-key.ts'
import type { CustodyTrail } from '../../../range/protocol/custody.ts'
import { Devices, devicesOf, openDevices } from '../../../range/server/devices.ts'
import type { Log } from '../../../range/server/ledger/log.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { digestEntry, readRecording } from '../../../range/server/recording.ts'
import { readInputs } from '../../../range/server/replay-log.ts'
import { entryOf } from '../../../range/server/logged.ts'
import { optionsOf, Play } from '../exercise/rig.ts'

const SECONDS = 460
const ORIGIN = 'doorstep.local/exercise/xtest'
const dir = mkdtempSync(join(tmpdir(), 'doorstep-devices-'))
let play: Play
let log: Log
let published = 0

/** A morning of market day as a room plays it, with its log on disk. */
beforeAll(async () => {
  play = new Play(optionsOf('market-day', 11))
  play.seat('s1', 'defender')
  play.start()
  log = await openLog(dir, { origin: ORIGIN, mode: 'live' })
  const devices = openDevices(dir, ORIGIN)
  await log.append([
    ...play.inputs.map((input) => entryOf(input)),
    ...devices.takeIn(play.run.now(), devicesOf(play.run.state.town.world())),
  ])
  for (let tick = 1; tick <= SECONDS; tick++) {
    const output = play.run.tick()
    play.outputs.push(output)
    void log.append([digestEntry(output), ...devices.sealed(output)])
    if (tick % 20 === 0) ({ size: published } = await log.publish(tick, 20))
  }
}, 60_000)
afterAll(async () => {
  await log.close()
  rmSync(dir, { recursive: true, force: true })
})

/** The order of which devices told most. */
function mostReported(): string {
  const said = play.outputs.flatMap(({ telemetry }) =>
    telemetry.flatMap(({ body }) => (isEpcis(body) ? body.epcList : [])),
  )
  const told = custodyOrders(play.run.state).map(({ number, parcel }) => ({
    number,
    reports: said.filter((label) => label === parcel).length,
  }))
  return told.sort((a, b) => b.reports - a.reports)[0]!.number
}
function trail(): CustodyTrail {
  const { entries } = readInputs(log)
  const told = { inputs: play.inputs, until: play.run.now(), log: entries }
  const work = custodyTrail(optionsOf('market-day', 11), told, play.run.state, mostReported())
  for (;;) {
    const step = work.next()
    if (step.done) return step.value!
  }
}
const entryAt = (index: number): unknown => log.opening(index)?.entry
const signedIn = (entries: readonly number[]): readonly SignedEvent[] =>
  entries.flatMap((index) => parseSignatures(entryAt(index))?.events ?? [])
const takenIn = (entries: readonly number[]): readonly Device[] =>
  entries.flatMap((index) => parseDevices(entryAt(index))?.devices ?? [])

/** The reports of an order with their seals, as a browser checks them. */
function seals(of: CustodyTrail, origin = ORIGIN): { event: EpcisEvent; seal: Seal }[] {
  return of.seconds.flatMap(({ parts, seals: entries, devices }) => {
    const told = JSON.parse(parts[1]!) as { body: EpcisEvent }[]
    const record = { origin, devices: takenIn(devices), signed: signedIn(entries) }
    return told
      .filter(({ body }) => JSON.stringify(body).includes(`"${of.order.parcel}"`))
      .flatMap(({ body }) => {
        const seal = sealOf(body, record)
        return seal === null ? [] : [{ event: body, seal }]
      })
  })
}

describe('[L72] the devices of an exercise', () => {
  test('are listed at the opening with a name each that is a key of its own', () => {
    const first = [...log.entries()].find(({ entry }) => entry.kind === 'devices')!
    const { devices } = parseDevices(first.entry)!
    const ids = devices.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(['scanner:depot', 'scanner:van-0', 'locker:L1']))
    expect(new Set(devices.map(({ did }) => did)).size).toBe(devices.length)
    for (const { did } of devices) expect(parseDidKey(did)).toHaveLength(32)
  })

  test('each sensor that is not is taken in with its first report', () => {
    const known = new Set<string>()
    for (const { entry } of log.entries()) {
      for (const { id } of parseDevices(entry)?.devices ?? []) {
        expect(known.has(id), id).toBe(false)
        known.add(id)
      }
    }
    expect([...known].some((id) => id.startsWith('device:parcel-'))).toBe(true)
  })

  test('have one secret, which lies beside the log for its owner alone and in no file of the log', () => {
    const path = join(dir, 'devices.key')
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
    const secret = readFileSync(path, 'utf8').trim()
    for (const file of ['ledger/openings.jsonl', 'ledger/log'])
      expect(readFileSync(join(dir, file)).includes(secret)).toBe(false)
    const again = openDevices(dir, ORIGIN).takeIn(0, ['locker:L1'])[0]!.devices[0]
    const mine = takenIn([...log.entries()].map(({ index }) => index))
    expect(mine).toContainEqual(again)
    const reader = join(dir, 'reader')
    openDevices(reader, ORIGIN).sealed({ at: 0, telemetry: [] })
    expect(existsSync(reader)).toBe(false)
    writeFileSync(join(dir, 'ledger', 'devices.key'), 'short')
    const bent = openDevices(join(dir, 'ledger'), ORIGIN)
    expect(() => bent.takeIn(0, ['locker:L1'])).toThrow('holds no secret')
    const elsewhere = openDevices(dir, `${ORIGIN}2`).takeIn(0, ['locker:L1'])[0]!.devices[0]
    expect(elsewhere!.did).not.toBe(again!.did)
  })
})

describe('[L73] what devices report', () => {
  test('is signed, each EPCIS event of a second, in the batch that holds the second', () => {
    const { entries } = readInputs(log)
    let events = 0
    for (const { at, telemetry } of play.outputs) {
      const reported = telemetry.filter(({ body }) => isEpcis(body)).length
      const held = entries.signatures!.get(at) ?? []
      expect(signedIn(held)).toHaveLength(reported)
      for (const index of held) expect(index).toBeGreaterThan(entries.seconds.get(at)!)
      events += reported
    }
    expect(events).toBeGreaterThan(50)
    expect(published).toBe(SECONDS * 16)
  })

  test('leaves the world, its outputs and the recording of the log as they were', () => {
    const again = new Play(optionsOf('market-day', 11))
    again.seat('s1', 'defender')
    again.start()
    const recording = readRecording(dir)
    if (!('error' in recording)) throw new Error('an opening was not expected')
    expect(recording.error).toContain('does not begin with an opening')
    for (const { at, digest } of play.outputs.slice(0, 60))
      expect(again.run.tick()).toMatchObject({ at, digest })
    const { inputs, entries } = readInputs(log)
    expect(inputs).toHaveLength(play.inputs.length)
    expect(entries.seconds.size).toBe(SECONDS)
  })

  test('fills several entries where one second has very much', () => {
    const devices = new Devices(() => Buffer.alloc(32, 1), ORIGIN)
    const [one] = play.outputs.flatMap(({ telemetry }) =>
      telemetry.filter(({ body }) => isEpcis(body)),
    )
    const telemetry = Array.from({ length: SIGNATURES_MAX + 1 }, () => one!)
    const entries = devices.sealed({ at: 1, telemetry })
    expect(entries.map(({ kind }) => kind)).toEqual(['devices', 'signatures', 'signatures'])
    for (const entry of entries) expect(JSON.stringify(entry).length).toBeLessThan(65_536)
    expect(devices.sealed({ at: 2, telemetry: [] })).toEqual([])
  })
})

describe('[L74] a browser', () => {
  test('finds every custody report of an order signed by the device that it names', () => {
    const of = trail()
    const found = seals(of)
    expect(found.length).toBeGreaterThan(0)
    for (const { seal } of found) expect(seal).toMatchObject({ verdict: { ok: true } })
  })

  test('finds every report of every device signed, with what the record holds of its second', () => {
    const { entries } = readInputs(log)
    const devices = takenIn([...entries.devices!.values()])
    const who = new Set<string>()
    for (const { at, telemetry } of play.outputs) {
      const signed = signedIn(entries.signatures!.get(at) ?? [])
      for (const { body } of telemetry) {
        const seal = sealOf(body, { origin: ORIGIN, devices, signed })
        if (seal === null) continue
        expect(seal).toMatchObject({ verdict: { ok: true } })
        who.add(seal.device.replace(/[-.:].*$/, ''))
      }
    }
    expect(who).toEqual(new Set(['scanner', 'device']))
  })

  test('names what is wrong: unsigned, unknown device, another device, a bad signature', () => {
    const of = trail()
    const { event } = seals(of)[0]!
    const devices = takenIn(of.seconds.flatMap((second) => second.devices))
    const signed = signedIn(of.seconds.flatMap((second) => second.seals))
    const broken = (body: EpcisEvent, record = { origin: ORIGIN, devices, signed }): string => {
      const { verdict } = sealOf(body, record)!
      return verdict.ok ? 'good' : verdict.broken
    }
    expect(broken(event)).toBe('good')
    expect(broken({ ...event, disposition: 'active2' })).toBe('unsigned')
    expect(broken({ ...event, eventTime: 'yesterday' })).toBe('unsigned')
    expect(broken(event, { origin: ORIGIN, devices: [], signed })).toBe('unknown-device')
    expect(broken(event, { origin: `${ORIGIN}2`, devices, signed })).toBe('bad-signature')
    const others = new Devices(() => Buffer.alloc(32, 9), ORIGIN)
    const forged = others.sealed({ at: 0, telemetry: [{ time: 0, uid: '', body: event }] })
    const theirs = forged.flatMap((entry) => parseSignatures(entry)?.events ?? [])
    expect(broken(event, { origin: ORIGIN, devices, signed: theirs })).toBe('other-device')
    const bent = signed.map((one) => ({ ...one, signature: theirs[0]!.signature }))
    expect(broken(event, { origin: ORIGIN, devices, signed: bent })).toBe('bad-signature')
  })

  test('survives whatever a server hands it', () => {
    const record = { origin: ORIGIN, devices: [], signed: [] }
    for (const strange of [null, 7, 'x', [], {}, { class_uid: 4002 }])
      expect(sealOf(strange, record)).toBeNull()
    for (const strange of [
      { eventID: 'x' },
      { eventID: 'x', readPoint: null, epcList: 7 },
      { eventID: 'x', sensorElementList: [null], readPoint: { id: 'a' } },
    ])
      expect(sealOf(strange, record)).toMatchObject({ verdict: { broken: 'unsigned' } })
    for (const entry of [
      null,
      { kind: 'signatures' },
      { kind: 'signatures', at: 1, events: [{ hash: 1 }] },
      { kind: 'signatures', at: 1, events: Array(SIGNATURES_MAX + 1).fill({}) },
      { kind: 'devices', at: 1, devices: [{ id: 'x', did: 'x'.repeat(300) }] },
    ]) {
      expect(parseSignatures(entry)).toBeUndefined()
      expect(parseDevices(entry)).toBeUndefined()
    }
  })
})
