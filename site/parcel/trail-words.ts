import type { CustodyOrder } from '../../range/protocol/custody.ts'
import { money } from '../exercise/format.ts'
import { nameOf } from '../exercise/naming.ts'
import { t } from '../messages.ts'

/** A report as it comes out of a second's parts: the server's word, as strange as it likes. */
export interface Report {
  readonly time: number
  readonly body: Readonly<Record<string, unknown>>
}

const STEPS = [
  'commissioning',
  'picking',
  'packing',
  'staging_outbound',
  'loading',
  'delivering',
  'storing',
  'collecting',
  'holding',
  'receiving',
  'sensor_reporting',
] as const
const OPERATIONS = [
  'label.print',
  'route.plan',
  'claim.open',
  'refund.request',
  'refund.approve',
  'refund.execute',
  'refund.refuse',
  'order.cancel',
  'locker.code',
  'locker.open',
] as const
const PAYMENTS = ['authorisation', 'sca', 'capture', 'refund', 'chargeback'] as const
const APPROVED = '00'

/** Whether a report names the order or its parcel; page views are left aside. */
export function isMention(value: unknown, order: CustodyOrder): value is Report {
  const { time, body } = bag(value)
  if (typeof time !== 'number' || typeof body !== 'object' || body === null) return false
  if (bag(body)['class_uid'] === 4002) return false
  return mentions(body, [order.parcel, `order:${order.number}`])
}

/** What a report says of the parcel, in a sentence. */
export function reportWords({ body }: Report): string {
  const step = STEPS.find((one) => one === body['bizStep'])
  if (step !== undefined) {
    return t(`tamper.trail.step.${step}`, { place: placeOf(body), measured: measuredOf(body) })
  }
  const payment = bag(body['payment'])
  const message = PAYMENTS.find((one) => one === payment['message'])
  if (message !== undefined) return paymentWords(message, payment)
  const operation = OPERATIONS.find((one) => one === bag(body['api'])['operation'])
  return t(operation === undefined ? 'tamper.trail.other' : `tamper.trail.op.${operation}`)
}

/** Who reported or did it, where the report names somebody. */
export function whoOf({ body }: Report): string | null {
  const actor = body['doorstep:actor'] ?? bag(bag(body['actor'])['user'])['uid']
  return typeof actor === 'string' ? actor : null
}

function paymentWords(
  message: (typeof PAYMENTS)[number],
  payment: Readonly<Record<string, unknown>>,
): string {
  const minor = payment['amount_minor']
  const amount = typeof minor === 'number' ? money(minor, true) : '…'
  const good = payment['response_code'] === APPROVED
  const open = !good && (message === 'authorisation' || message === 'sca')
  return t(`tamper.trail.payment.${message}${open ? '.open' : ''}` as 'tamper.trail.payment.sca', {
    amount,
  })
}

function placeOf(body: Report['body']): string {
  const { id } = bag(body['readPoint'])
  const to = typeof body['parentID'] === 'string' ? body['parentID'] : id
  return typeof to === 'string' ? nameOf(to) : '…'
}

/** The first thing that a sensor measured with it, with its unit; nothing where none did. */
function measuredOf(body: Report['body']): string {
  const [element] = list(body['sensorElementList'])
  const [report] = list(bag(element)['sensorReport'])
  const { value, uom } = bag(report)
  if (typeof value !== 'number') return ''
  return t(uom === 'GRM' ? 'tamper.trail.grams' : 'tamper.trail.measured', { value })
}

function mentions(value: unknown, names: readonly string[]): boolean {
  if (typeof value === 'string') return names.includes(value)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some((inner) => mentions(inner, names))
}
function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
function bag(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
