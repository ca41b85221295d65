import { expect, it } from 'vitest'
import { digestOf as digestOfRange } from '../../range/exercise/digest.ts'
import { isMention, reportWords, whoOf } from '../../site/parcel/trail-words.ts'
import { digestOf, reportsOf } from '../../site/parcel/trail.ts'

const order = { number: '7KQ2MX', parcel: 'parcel:P-1054', at: 0, address: 'door:B14' }
const scan = {
  time: 1,
  uid: 'event:scan',
  body: {
    eventID: 'event:scan',
    bizStep: 'packing',
    epcList: ['parcel:P-1054'],
    readPoint: { id: 'place:depot' },
    'doorstep:actor': 'ivan.s10',
    sensorElementList: [{ sensorReport: [{ type: 'gs1:Mass', value: 1450, uom: 'GRM' }] }],
  },
}

it('hashes the parts as the range hashes what it put out', () => {
  const outputs = [32_779_000, [scan], [], [{ id: 1 }], { lost: 0 }, 3]
  const parts = outputs.map((one) => JSON.stringify(one))
  expect(digestOf(parts)).toBe(digestOfRange(...outputs))
  expect(digestOf(parts.with(1, parts[1]!.replace('1450', '1451')))).not.toBe(digestOf(parts))
})

it('keeps the reports that name the parcel or its order, and no page views', () => {
  const other = { ...scan, body: { ...scan.body, epcList: ['parcel:P-10540'] } }
  const page = { time: 2, body: { class_uid: 4002, path: 'order:7KQ2MX' } }
  const paid = { time: 3, body: { payment: { merchant_reference: 'order:7KQ2MX' } } }
  const parts = ['1', JSON.stringify([scan, other, page, paid])]
  expect(reportsOf(order, parts)).toEqual([scan, paid])
  for (const strange of ['', 'null', '{}', '[null, 7, {"time": 1}]']) {
    expect(reportsOf(order, ['1', strange])).toEqual([])
  }
  expect(isMention(null, order)).toBe(false)
})

it('says what a report says, in a sentence, and who made it', () => {
  expect(reportWords(scan)).toBe('Packed. The scale says 1,450 g.')
  expect(whoOf(scan)).toBe('ivan.s10')
  const pay = (message: string, code: string): string =>
    reportWords({
      time: 1,
      body: { payment: { message, response_code: code, amount_minor: 14_900 } },
    })
  expect(pay('authorisation', '00')).toBe('The bank approves €149.00.')
  expect(pay('authorisation', '1A')).toBe('The bank does not approve €149.00 yet.')
  expect(pay('refund', '00')).toBe('€149.00 goes back to the card.')
  const load = { bizStep: 'loading', parentID: 'van:0', readPoint: { id: 'place:depot' } }
  expect(reportWords({ time: 1, body: load })).toBe('Loaded into Van 1.')
  expect(reportWords({ time: 1, body: { api: { operation: 'label.print' } } })).toBe(
    'The label is printed.',
  )
  expect(reportWords({ time: 1, body: {} })).toContain('something of it')
})
