import type {
  ApiActivity,
  DatastoreActivity,
  EpcisEvent,
  LogHealth,
  PageScript,
  PaymentActivity,
  SensorElement,
  Telemetry,
} from '../../engine/event/telemetry.ts'
import type { TwinPlan } from '../../engine/twin/plan.ts'

/**
 * Telemetry written by hand for tests of detectors. Each maker returns what a real source would
 * say.
 */

let count = 0
function uidOf(kind: string): string {
  count += 1
  return `made:${kind}-${count}`
}

function base(time: number, uid: string) {
  return {
    category_uid: 6,
    activity_id: 1,
    severity_id: 1,
    time,
    metadata: { uid, version: '1.8.0', product: { name: 'shop' }, log_name: 'made' },
  }
}

export interface MadePayment {
  readonly ip?: string
  readonly card?: string
  readonly code?: PaymentActivity['payment']['response_code']
  readonly amount?: number
  readonly order?: string
  readonly bin?: string
  readonly session?: string
}
export function payment(time: number, made: MadePayment = {}): Telemetry {
  const uid = uidOf('payment')
  const {
    ip = '10.0.0.1',
    card = 'tok_1',
    code = '00',
    amount = 4_000,
    order = 'A1',
    bin = '990001',
  } = made
  const body: PaymentActivity = {
    ...base(time, uid),
    class_uid: 99901,
    payment: {
      message: 'authorisation',
      transaction_id: uid,
      merchant_reference: `order:${order}`,
      card: { token: card, bin, last4: '0000', country: 'NL' },
      amount_minor: amount,
      currency: 'EUR',
      response_code: code,
      sca: 'challenge',
    },
    src_endpoint: { ip },
    session: { uid: made.session ?? `s-${ip}` },
  }
  return { time, uid, body }
}

export interface MadeCall {
  readonly operation: ApiActivity['api']['operation']
  readonly user: string
  readonly resources: readonly string[]
  readonly unmapped?: NonNullable<ApiActivity['unmapped']>
}
export function call(time: number, made: MadeCall): Telemetry {
  const uid = uidOf('call')
  const body: ApiActivity = {
    ...base(time, uid),
    class_uid: 6003,
    api: { operation: made.operation },
    actor: { user: { uid: made.user } },
    src_endpoint: { ip: '192.0.2.10' },
    resources: made.resources.map((ref) => ({ uid: ref, type: ref.split(':')[0] ?? '' })),
    ...(made.unmapped === undefined ? {} : { unmapped: made.unmapped }),
  }
  return { time, uid, body }
}

export interface MadePage {
  readonly operation: DatastoreActivity['unmapped']['operation']
  readonly page?: string
  readonly via?: DatastoreActivity['unmapped']['via']
  readonly approvedBy?: string | null
  readonly author?: string
  readonly scripts: readonly PageScript[]
  readonly signature?: string
  readonly calls?: readonly { readonly host: string; readonly canary: boolean }[]
  readonly revision?: number
}
export function pageStore(time: number, made: MadePage): Telemetry {
  const uid = uidOf('page')
  const body: DatastoreActivity = {
    ...base(time, uid),
    class_uid: 6005,
    actor: { user: { uid: made.author ?? 'emma' } },
    src_endpoint: { ip: '192.0.2.10' },
    unmapped: {
      operation: made.operation,
      page: { uid: made.page ?? 'checkout', revision: made.revision ?? 1 },
      via: made.via ?? 'editor',
      approved_by: made.approvedBy ?? null,
      scripts: made.scripts,
      ...(made.signature === undefined ? {} : { signature: made.signature }),
      ...(made.calls === undefined ? {} : { calls: made.calls }),
    },
  }
  return { time, uid, body }
}

export function audit(time: number, verdict: 'intact' | 'changed'): Telemetry {
  const uid = uidOf('audit')
  const body: LogHealth = {
    ...base(time, uid),
    class_uid: 1008,
    unmapped: { verdict, index: verdict === 'changed' ? 7 : null, size: 90 },
  }
  return { time, uid, body }
}

function epcis(time: number, uid: string, rest: Partial<EpcisEvent>): Telemetry {
  const body: EpcisEvent = {
    type: 'ObjectEvent',
    eventID: uid,
    eventTime: '1970-01-01T09:00:00.000Z',
    eventTimeZoneOffset: '+00:00',
    action: 'OBSERVE',
    bizStep: 'sensor_reporting',
    epcList: [],
    readPoint: { id: 'van:0' },
    ...rest,
  }
  return { time, uid, body }
}

export interface MadeTracker {
  readonly x?: number
  readonly y?: number
  readonly odometer: number
  readonly cell: string
}
export function tracker(time: number, van: number, made: MadeTracker): Telemetry {
  const element = (device: string, sensorReport: SensorElement['sensorReport']): SensorElement => {
    return { sensorMetadata: { deviceID: `device:van-${van}-${device}` }, sensorReport }
  }
  const { x, y } = made
  const gps =
    x === undefined || y === undefined
      ? []
      : [
          element('gps', [
            { type: 'doorstep:x', value: x },
            { type: 'doorstep:y', value: y },
          ]),
        ]
  return epcis(time, uidOf('tracker'), {
    readPoint: { id: `van:${van}` },
    sensorElementList: [
      ...gps,
      element('odometer', [{ type: 'doorstep:odometer', value: made.odometer }]),
      element('modem', [{ type: 'doorstep:cell', stringValue: made.cell }]),
    ],
  })
}

export function door(time: number, van: number, open: boolean): Telemetry {
  return epcis(time, uidOf('door'), {
    readPoint: { id: `van:${van}` },
    sensorElementList: [
      {
        sensorMetadata: { deviceID: `device:van-${van}-door` },
        sensorReport: [{ type: 'doorstep:door', booleanValue: open }],
      },
    ],
  })
}

export function delivery(time: number, van: number, parcel: string, place: string): Telemetry {
  return epcis(time, uidOf('scan'), {
    type: 'AggregationEvent',
    action: 'DELETE',
    bizStep: 'delivering',
    epcList: [`parcel:${parcel}`],
    parentID: `van:${van}`,
    readPoint: { id: place },
    'doorstep:actor': 'dirk',
  })
}

export function routePlan(time: number, van: number, places: readonly string[]): Telemetry {
  const stops = places.map((place) => ({ place, parcels: ['parcel:P-1'] }))
  return call(time, {
    operation: 'route.plan',
    user: 'dispatch',
    resources: [`van:${van}`],
    unmapped: { stops },
  })
}

/**
 * A straight road of 6 km from west to east with a bend to the south at its end, three masts along
 * it, two vans.
 */
export const ROAD: TwinPlan = {
  nodes: [
    { id: 'n0', x: 0, y: 0, name: 'West' },
    { id: 'n1', x: 3_000_000, y: 0, name: 'Middle' },
    { id: 'n2', x: 6_000_000, y: 0, name: 'East' },
    { id: 'n3', x: 6_000_000, y: 3_000_000, name: 'South' },
  ],
  edges: [
    ['n0', 'n1'],
    ['n1', 'n2'],
    ['n2', 'n3'],
  ].map(([from, to]) => {
    return { from: from as string, to: to as string, lengthMm: 3_000_000, speedMmPerS: 13_900 }
  }),
  places: [
    { id: 'place:depot', node: 'n0' },
    { id: 'door:A1', node: 'n1' },
    { id: 'door:A2', node: 'n2' },
    { id: 'place:quay', node: 'n3' },
  ],
  masts: [
    { id: 'mast:W', x: 0, y: 300_000 },
    { id: 'mast:M', x: 3_000_000, y: 300_000 },
    { id: 'mast:E', x: 6_000_000, y: 300_000 },
    { id: 'mast:S', x: 6_000_000, y: 3_000_000 },
  ].map((mast) => ({ ...mast, radiusMm: 1_600_000 })),
  vans: [0, 1].map((n) => ({
    id: `van:${n}`,
    gps: `device:van-${n}-gps`,
    odometer: `device:van-${n}-odometer`,
    door: `device:van-${n}-door`,
    cell: `device:van-${n}-modem`,
  })),
  gpsSigmaMm: 4_000,
  odometerPpmMax: 10_000,
}
