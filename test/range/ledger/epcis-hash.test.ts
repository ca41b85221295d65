import { expect, test } from 'vitest'
import { epcisEventHash, epcisPreHash, type JsonObject } from '../../../range/ledger/epcis-hash.ts'
import { canonicalIdentifier } from '../../../range/ledger/gs1-identifier.ts'
import { sha256 } from '../../../range/ledger/sha256.ts'

const NAMES = {
  example: 'https://ns.example.com/epcis/',
  doorstep: 'https://doorstep.example/voc/',
}

function hash(event: unknown): string {
  const made = epcisEventHash(event, NAMES, sha256)
  return made.ok ? made.id : `${made.refusal.code} ${made.refusal.field}`
}
function text(event: unknown): string {
  const made = epcisPreHash(event, NAMES)
  return made.ok ? made.text : made.refusal.code
}

/**
 * The reference event of the algorithm's published text (RalphTro/epcis-event-hash-generator and
 * OpenEPCIS, MIT and Apache-2.0), whose hash is printed there.
 */
const REFERENCE = {
  type: 'ObjectEvent',
  eventTime: '2020-03-04T11:00:30.000+01:00',
  eventTimeZoneOffset: '+01:00',
  recordTime: '2020-03-04T11:00:30.999+01:00',
  epcList: [
    'urn:epc:id:sscc:4012345.0000000333',
    'urn:epc:id:sscc:4012345.0000000111',
    'urn:epc:id:sscc:4012345.0000000222',
  ],
  action: 'OBSERVE',
  bizStep: 'departing',
  readPoint: { id: 'urn:epc:id:sgln:4012345.00011.987' },
  'example:myField1': { 'example:mySubField1': '2', 'example:mySubField2': '5' },
  'example:myField2': '0',
  'example:myField3': { 'example:mySubField3': ['3', '1'] },
}

test('[L71] the published reference event has its published hash', () => {
  expect(hash(REFERENCE)).toBe(
    'ni:///sha-256;6ae96341e0acc6d7a261364751f60e68278a81cdf51da0abb6b4e617014e39d7?ver=CBV2.0',
  )
})

/** Our own events; their hashes as another implementation computed them (epcis2.js 2.7.3). */
const LOADED = {
  type: 'AggregationEvent',
  eventTime: '1970-01-01T09:00:01.250Z',
  eventTimeZoneOffset: '+00:00',
  action: 'ADD',
  bizStep: 'loading',
  disposition: 'in_transit',
  parentID: 'van:0',
  childEPCs: ['parcel:P-1002', 'parcel:P-1000'],
  readPoint: { id: 'place:depot' },
  'doorstep:actor': 'nora.d1',
}
const HANDED_OVER = {
  ...LOADED,
  action: 'DELETE',
  bizStep: 'https://doorstep.example/voc/delivering',
  disposition: 'retail_sold',
  childEPCs: ['parcel:P-1002'],
  readPoint: { id: 'door:A1' },
}
const INSPECTED = {
  type: 'ObjectEvent',
  eventTime: '2020-04-01T15:00:00+01:00',
  eventTimeZoneOffset: '+01:00',
  epcList: ['urn:epc:id:sgtin:4012345.011111.9876'],
  action: 'OBSERVE',
  bizStep: 'inspecting',
  readPoint: { id: 'urn:epc:id:sgln:4012345.00005.0' },
  sensorElementList: [
    {
      sensorMetadata: { deviceID: 'urn:epc:id:giai:4000001.111' },
      sensorReport: [
        { type: 'Temperature', value: 26, sDev: 0.1, uom: 'CEL' },
        { type: 'AbsoluteHumidity', value: 12.1, uom: 'A93' },
      ],
    },
  ],
}

test('[L71] another implementation gives our events the same hashes', () => {
  const rows: readonly (readonly [JsonObject, string])[] = [
    [LOADED, '902655b223faa23bbda52d3c1e1d1fe9369c048d57e415c9f5590453d948e8b9'],
    [HANDED_OVER, '6a3f3e1f7da069a371de6d9f83fb6d2156add8cd4fcf6c4dcc1d1ab183c91ac4'],
    [INSPECTED, '27e5543b33bb32442649c5d59f8c0c90699fa80100dd7384c478ccda6bc852c9'],
  ]
  for (const [event, hex] of rows) expect(hash(event)).toBe(`ni:///sha-256;${hex}?ver=CBV2.0`)
})

test('[L71] what is hashed has one order, one spelling of each word, and no empty field', () => {
  expect(text({ ...LOADED, childEPCs: [], eventTime: '1970-01-01T10:00:01.25+01:00' })).toBe(
    'eventType=AggregationEventeventTime=1970-01-01T09:00:01.250ZeventTimeZoneOffset=+00:00' +
      'parentID=van:0action=ADDbizStep=https://ref.gs1.org/cbv/BizStep-loading' +
      'disposition=https://ref.gs1.org/cbv/Disp-in_transitreadPointid=place:depot' +
      '{https://doorstep.example/voc/}actor=nora.d1',
  )
})

test('[L71] all spellings of one event have one hash; identity and time of recording are no part', () => {
  const backwards = Object.fromEntries(Object.entries(LOADED).reverse())
  const spellings: readonly JsonObject[] = [
    backwards,
    { ...LOADED, childEPCs: [...LOADED.childEPCs].reverse() },
    { ...LOADED, bizStep: 'urn:epcglobal:cbv:bizstep:loading' },
    { ...LOADED, bizStep: 'https://ref.gs1.org/cbv/BizStep-loading' },
    { ...LOADED, eventTime: '1970-01-01T10:00:01.250+01:00' },
    { ...LOADED, parentID: ' van:0 ' },
    { ...LOADED, eventID: 'ni:///sha-256;00?ver=CBV2.0', recordTime: 'x', '@context': [] },
  ]
  for (const one of spellings) expect(hash(one)).toBe(hash(LOADED))
})

test('[L71] any other value, and a field more or less, is another hash', () => {
  const others: readonly JsonObject[] = [
    { ...LOADED, parentID: 'van:1' },
    { ...LOADED, action: 'DELETE' },
    { ...LOADED, type: 'ObjectEvent' },
    { ...LOADED, eventTime: '1970-01-01T09:00:01.251Z' },
    { ...LOADED, eventTimeZoneOffset: '+01:00' },
    { ...LOADED, childEPCs: ['parcel:P-1000'] },
    { ...LOADED, 'doorstep:actor': 'nora.d2' },
    { ...LOADED, 'doorstep:more': true },
    { ...LOADED, readPoint: { id: 'place:quay' } },
  ]
  const hashes = [LOADED, ...others].map(hash)
  expect(new Set(hashes).size).toBe(hashes.length)
  for (const one of hashes) expect(one).toMatch(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0$/)
})

test('[L71] what this reading leaves out is refused by name', () => {
  const sensor = (report: JsonObject): JsonObject => ({
    ...INSPECTED,
    sensorElementList: [{ sensorMetadata: {}, sensorReport: [report] }],
  })
  const rows: readonly (readonly [unknown, string])[] = [
    [null, 'event-type '],
    [[], 'event-type '],
    [{ ...LOADED, type: 'TransactionEvent' }, 'event-type type'],
    [{ ...LOADED, type: 'TransformationEvent' }, 'event-type type'],
    [{ ...LOADED, quantityList: [] }, 'field-not-supported quantityList'],
    [{ ...LOADED, bizTransactionList: [{}] }, 'field-not-supported bizTransactionList'],
    [{ ...LOADED, sourceList: [{}] }, 'field-not-supported sourceList'],
    [{ ...LOADED, persistentDisposition: {} }, 'field-not-supported persistentDisposition'],
    [{ ...LOADED, ilmd: {} }, 'field-not-supported ilmd'],
    [{ ...LOADED, errorDeclaration: {} }, 'field-not-supported errorDeclaration'],
    [{ ...LOADED, certificationInfo: 'x' }, 'field-not-supported certificationInfo'],
    [{ ...LOADED, toString: 1 }, 'field-not-supported toString'],
    [
      { ...LOADED, readPoint: { id: 'a', 'example:x': 1 } },
      'field-not-supported readPoint.example:x',
    ],
    [{ ...LOADED, readPoint: 'place:depot' }, 'malformed readPoint'],
    [{ ...LOADED, childEPCs: 'parcel:P-1' }, 'malformed childEPCs'],
    [{ ...LOADED, parentID: '' }, 'malformed parentID'],
    [{ ...LOADED, eventTime: '1970-01-01T09:00:01.2505Z' }, 'time eventTime'],
    [{ ...LOADED, eventTime: '1970-01-01T09:00:01' }, 'time eventTime'],
    [{ ...LOADED, eventTime: '1970-02-31T09:00:01Z' }, 'time eventTime'],
    [{ ...LOADED, 'other:field': 'x' }, 'namespace other:field'],
    [{ ...LOADED, 'doorstep:n': '007' }, 'number doorstep:n'],
    [{ ...LOADED, 'doorstep:n': 1e21 }, 'number doorstep:n'],
    [{ ...LOADED, parentID: 'urn:epc:id:grai:4012345.11111.1' }, 'identifier parentID'],
    [{ ...LOADED, parentID: 'urn:epc:class:lgtin:4012345.0.1' }, 'identifier parentID'],
    [{ ...LOADED, parentID: 'https://shop.example/01/1234/21/1?x=1' }, 'identifier parentID'],
    [sensor({ type: 'Mass', value: NaN }), 'number sensorElementList.sensorReport.value'],
    [
      sensor({ type: 'Mass', component: 'x' }),
      'field-not-supported sensorElementList.sensorReport.component',
    ],
  ]
  for (const [event, refusal] of rows) expect(hash(event)).toBe(refusal)
})

test('[L71] the identifiers of items, parcels, places and assets become Digital Links', () => {
  const rows = `
    urn:epc:id:sgtin:4012345.011111.9876   https://id.gs1.org/01/04012345111118/21/9876
    urn:epc:id:sscc:4012345.0000000111     https://id.gs1.org/00/040123450000001112
    urn:epc:id:sgln:4012345.00005.0        https://id.gs1.org/414/4012345000054
    urn:epc:id:sgln:4012345.00011.987      https://id.gs1.org/414/4012345000115/254/987
    urn:epc:id:giai:4000001.111            https://id.gs1.org/8004/4000001111
    urn:epc:id:giai:4000001.1(1            https://id.gs1.org/8004/40000011%281
    https://id.gs1.org/01/04012345111118   https://id.gs1.org/01/04012345111118
    https://doorstep.example/voc/x         https://doorstep.example/voc/x
    parcel:P-1000                          parcel:P-1000`
  for (const row of rows.trim().split('\n')) {
    const [from, to] = row.trim().split(/\s+/)
    expect(canonicalIdentifier(from!)).toBe(to)
  }
  for (const short of ['sgtin:4012345.01111.1', 'sscc:4012345.1', 'sgln:1.1.0', 'giai:x.1', ''])
    expect(canonicalIdentifier(`urn:epc:id:${short}`), short).toBeUndefined()
})
