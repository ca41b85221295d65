import { describe, expect, it } from 'vitest'
import { FactReader } from '../../../engine/event/facts.ts'
import { SESSIONS_MAX } from '../../../engine/event/session-book.ts'
import { StopWatch } from '../../../engine/event/stops.ts'
import type {
  ApiActivity,
  Authentication,
  EpcisEvent,
  HttpActivity,
  Telemetry,
} from '../../../engine/event/telemetry.ts'
import { call, delivery, door, payment, ROAD, routePlan, tracker } from '../made-telemetry.ts'

const base = {
  category_uid: 4,
  severity_id: 1,
  time: 0,
  metadata: { uid: 'u', version: '1.8.0', product: { name: 'shop' }, log_name: 'made' },
}

interface Visit {
  readonly session?: string
  readonly account?: string
  readonly ip?: string
  readonly post?: string
  readonly path?: string
}
function web({ session = 's1', account, ip = '198.51.100.7', post, path = '/' }: Visit): Telemetry {
  const body: HttpActivity = {
    ...base,
    class_uid: 4002,
    activity_id: 3,
    http_request: {
      http_method: post === undefined ? 'GET' : 'POST',
      url: { hostname: 'shop.example', path, query_string: '' },
      user_agent: '',
      referrer: '',
      length: 0,
      ...(post === undefined ? {} : { body: post }),
    },
    http_response: { code: 200, length: 0 },
    duration: 1,
    src_endpoint: { ip },
    session: { uid: session },
    ...(account === undefined ? {} : { actor: { user: { uid: account } } }),
  }
  return { time: 0, uid: 'u', body }
}

function signIn(rest: Partial<Authentication>): Telemetry {
  const body: Authentication = {
    ...base,
    class_uid: 3002,
    activity_id: 1,
    status_id: 1,
    user: { uid: 'carla', type: 'customer' },
    src_endpoint: { ip: '198.51.100.7' },
    ...rest,
  }
  return { time: 0, uid: 'u', body }
}

function scan(rest: Partial<EpcisEvent>): Telemetry {
  const body: EpcisEvent = {
    type: 'AggregationEvent',
    eventID: 'u',
    eventTime: '1970-01-01T09:00:00.000Z',
    eventTimeZoneOffset: '+00:00',
    action: 'ADD',
    bizStep: 'loading',
    epcList: ['parcel:P-1'],
    readPoint: { id: 'place:depot' },
    'doorstep:actor': 'dirk',
    ...rest,
  }
  return { time: 0, uid: 'u', body }
}

function lux(value: number): Telemetry {
  const sensorReport = [{ type: 'gs1:Illuminance', value }] as const
  return scan({
    type: 'ObjectEvent',
    bizStep: 'sensor_reporting',
    epcList: [],
    readPoint: { id: 'parcel:P-1' },
    sensorElementList: [{ sensorMetadata: { deviceID: 'device:parcel-1' }, sensorReport }],
  })
}

const operation = (
  name: ApiActivity['api']['operation'],
  resources: readonly string[],
  unmapped?: NonNullable<ApiActivity['unmapped']>,
): Telemetry =>
  call(0, { operation: name, user: 'ann', resources, ...(unmapped ? { unmapped } : {}) })

function factsOf(events: readonly Telemetry[], wanted?: readonly string[]): string[] {
  const reader = new FactReader(ROAD, wanted === undefined ? null : new Set(wanted))
  return events
    .flatMap((event) => reader.read(event))
    .map(({ name, args }) => `${name}(${args.join(',')})`)
}

describe('[E8] facts', () => {
  const at = { x: 3_000_000, y: 20_000, odometer: 0, cell: 'mast:M' }
  const far = { x: 6_000_000, y: 2_000_000, odometer: 0, cell: 'mast:S' }
  const rows: readonly (readonly [
    string,
    readonly string[],
    readonly Telemetry[],
    readonly string[],
  ])[] = [
    [
      'a session when it is new, and when its address changes',
      ['session'],
      [
        web({}),
        web({ account: 'carla' }),
        web({ account: 'carla' }),
        web({ account: 'carla', ip: '203.0.113.9' }),
        web({ account: 'dora', session: 's2', ip: '2001:db8:1:2::3' }),
      ],
      [
        'session(s1,carla,198.51.100.7,198.51)',
        'session(s1,carla,203.0.113.9,203.0)',
        'session(s2,dora,2001:db8:1:2::3,2001:db8:1)',
      ],
    ],
    [
      'a basket and its way to the till',
      ['cart', 'checkout'],
      [
        web({ post: 'product=boot&count=2', path: '/cart/add' }),
        web({ post: 'product=boot&count=0', path: '/cart/change' }),
        web({ path: '/cart' }),
        web({ post: 'card=*', path: '/checkout/pay' }),
      ],
      ['cart(s1,198.51.100.7,boot,2)', 'checkout(s1,198.51.100.7)'],
    ],
    [
      'the buyer, by sign-in or by request',
      ['buyer'],
      [
        signIn({ session: { uid: 's1' } }),
        payment(1, { order: 'A1', session: 's1' }),
        web({ account: 'dora', session: 's2' }),
        payment(2, { order: 'A2', session: 's2', amount: 9_000 }),
        payment(3, { order: 'A3', session: 's3' }),
        payment(4, { order: 'A4', session: 's1', code: '05' }),
      ],
      ['buyer(A1,carla,4000)', 'buyer(A2,dora,9000)'],
    ],
    [
      'sign-ins of staff, and devices',
      ['stafflogin', 'device'],
      [
        signIn({ user: { uid: 'staff:ann', type: 'staff' } }),
        signIn({ status_id: 2, device: { uid: 'd0' } }),
        signIn({ device: { uid: 'device:d1' } }),
      ],
      ['stafflogin(ann,198.51.100.7)', 'device(carla,d1)'],
    ],
    [
      'custody',
      ['held', 'freed'],
      [
        scan({ parentID: 'van:0' }),
        scan({ type: 'ObjectEvent', bizStep: 'packing' }),
        scan({ action: 'DELETE', bizStep: 'collecting', parentID: 'locker:L2' }),
        scan({ action: 'DELETE', bizStep: 'receiving' }),
      ],
      ['held(P-1,0,dirk)', 'freed(P-1,L2,dirk)'],
    ],
    [
      'a delivery at its door, away from it, and of a van that was not seen',
      ['delivered'],
      [
        tracker(1, 0, at),
        delivery(2, 0, 'P-1', 'door:A1'),
        tracker(3, 0, far),
        delivery(4, 0, 'P-2', 'door:A1'),
        delivery(5, 1, 'P-3', 'door:A1'),
        delivery(500_000, 0, 'P-4', 'door:A1'),
      ],
      [
        'delivered(P-1,A1,0,1)',
        'delivered(P-2,A1,0,0)',
        'delivered(P-3,A1,1,1)',
        'delivered(P-4,A1,0,1)',
      ],
    ],
    ['light, not the gaps of a box', ['light'], [lux(49), lux(220)], ['light(P-1,220)']],
    [
      'a claim, its parcel and the plan',
      ['claim', 'label', 'planned', 'onhold'],
      [
        operation('claim.open', ['order:O1'], { reason: 'damaged' }),
        operation('label.print', ['parcel:P-1', 'order:O1']),
        routePlan(0, 0, ['door:A1', 'door:A2']),
        operation('parcel.hold', ['parcel:P-1']),
      ],
      [
        'claim(O1,ann,damaged)',
        'label(P-1,O1)',
        'planned(P-1,A1)',
        'planned(P-1,A2)',
        'onhold(P-1,ann)',
      ],
    ],
    [
      'what a real shop sends and the range does not',
      [
        'priced',
        'agerequired',
        'agechecked',
        'issued',
        'redeemed',
        'supplieraccount',
        'cash',
        'banked',
        'coded',
        'unlocked',
      ],
      [
        operation('order.place', ['order:O1'], { amount_minor: 900 }),
        operation('age.require', ['order:O1']),
        operation('age.check', ['order:O1']),
        operation('giftcard.issue', ['giftcard:G1', 'order:O1']),
        operation('giftcard.redeem', ['giftcard:G1']),
        operation('supplier.account', ['supplier:tanner']),
        operation('cash.collect', ['order:O1'], { amount_minor: 900 }),
        operation('cash.bank', [], { amount_minor: 900 }),
        operation('locker.code', ['locker:L2', 'parcel:P-1']),
        operation('locker.open', ['locker:L2', 'parcel:P-1']),
      ],
      [
        'priced(O1,900)',
        'agerequired(O1)',
        'agechecked(O1)',
        'issued(G1,O1)',
        'redeemed(G1,ann,192.0.2.10)',
        'supplieraccount(tanner,ann)',
        'cash(ann,O1,900)',
        'banked(ann,900)',
        'coded(L2,P-1)',
        'unlocked(L2,P-1)',
      ],
    ],
  ]
  it.each(rows)('[E8] %s', (_name, wanted, events, expected) => {
    expect(factsOf(events, wanted)).toEqual(expected)
  })
})

describe('[E7] what a formula reads', () => {
  it('comes up, and nothing else', () => {
    const events = [web({ account: 'carla' }), payment(1), door(2, 0, true)]
    expect(factsOf(events, ['door'])).toEqual(['door(0,1,1)'])
    expect(factsOf(events, [])).toEqual([])
    expect(factsOf(events).length).toBeGreaterThan(4)
  })

  it('is remembered over a restart, and within its bound', () => {
    const before = new FactReader(null)
    for (let n = 0; n <= SESSIONS_MAX; n++)
      before.read(web({ session: `s${n}`, account: `c${n}`, ip: '198.51.100.7' }))
    const after = new FactReader(null)
    after.restore(JSON.parse(JSON.stringify(before.save())))
    const seen = (session: string): string[] =>
      after.read(web({ session, account: 'c', ip: '198.51.100.7' })).map(({ name }) => name)
    expect(seen(`s${SESSIONS_MAX}`)).toEqual(['http'])
    expect(seen('s0')).toEqual(['http', 'session'])
  })
})

it('[E8] without a plan that knows the place, a delivery counts as at its door', () => {
  const watch = new StopWatch(ROAD)
  watch.see(tracker(0, 0, { x: 6_000_000, y: 2_000_000, odometer: 0, cell: 'mast:S' }))
  expect([
    watch.stoodAt('van:0', 'door:A1', 1),
    watch.stoodAt('van:0', 'door:nowhere', 1),
    watch.stoodAt('van:9', 'door:A1', 1),
  ]).toEqual([false, true, true])
})
