import {
  isEpcis,
  type BookActivity,
  type EpcisEvent,
  type OcsfEvent,
  type Telemetry,
} from '../../../engine/event/telemetry.ts'
import { entitiesOf, sourceOf } from '../../../range/exercise/search.ts'
import { t } from '../../messages.ts'
import { money } from '../format.ts'
import { forPeople } from '../naming.ts'

/** A telemetry event as a row that a person can read. */
export interface Row {
  readonly uid: string
  readonly time: number
  readonly source: ReturnType<typeof sourceOf>
  readonly who: string
  readonly what: string
}

export function rowOf(event: Telemetry): Row {
  const { body } = event
  return {
    uid: event.uid,
    time: event.time,
    source: sourceOf(event),
    who: entitiesOf(event)[0] ?? '',
    what: isEpcis(body) ? custody(body) : system(body),
  }
}

function custody(body: EpcisEvent): string {
  const reports = (body.sensorElementList ?? []).flatMap((element) => element.sensorReport)
  const y = reports.find((report) => report.type === 'doorstep:y')?.value ?? 0
  const readings = reports
    .filter((report) => report.type !== 'doorstep:y')
    .map((report) => {
      switch (report.type) {
        case 'doorstep:x':
          return t('exercise.row.position', {
            x: ((report.value ?? 0) / 1_000_000).toFixed(2),
            y: (y / 1_000_000).toFixed(2),
          })
        case 'doorstep:odometer':
          return t('exercise.row.odometer', { km: ((report.value ?? 0) / 1_000_000).toFixed(2) })
        case 'doorstep:cell':
          return t('exercise.row.cell', { mast: (report.stringValue ?? '').replace('mast:', '') })
        case 'doorstep:door':
          return report.booleanValue ? t('exercise.row.door-open') : t('exercise.row.door-shut')
        case 'gs1:Temperature':
          return t('exercise.row.temperature', { degrees: ((report.value ?? 0) / 1000).toFixed(1) })
        case 'gs1:Mass':
          return t('exercise.row.mass', { grams: report.value ?? 0 })
        case 'doorstep:shock':
          return t('exercise.row.shock', { value: report.value ?? 0 })
        case 'gs1:Illuminance':
          return t('exercise.row.light', { value: report.value ?? 0 })
        case 'doorstep:y':
          return ''
      }
    })
  if (readings.length > 0) return readings.join(' · ')
  return t('exercise.row.scan', {
    step: body.bizStep.replaceAll('_', ' '),
    place: forPeople(body.readPoint.id).replace(':', ' '),
    parcels: listed(body.epcList.map((one) => one.replace('parcel:', ''))),
  })
}

function listed(all: readonly string[]): string {
  const shown = all.slice(0, 4).join(', ')
  return all.length > 4 ? t('exercise.row.and-more', { shown, count: all.length - 4 }) : shown
}

function system(body: OcsfEvent): string {
  switch (body.class_uid) {
    case 4002: {
      const report = body.unmapped?.csp_report
      if (report)
        return t('exercise.row.csp', {
          host: report.blocked_host,
          directive: report.violated_directive,
          how: t(
            report.disposition === 'enforce'
              ? 'exercise.row.csp-stopped'
              : 'exercise.row.csp-not-stopped',
          ),
        })
      return `${body.http_request.http_method} ${body.http_request.url.path}${body.http_request.url.query_string ? '?' : ''}${body.http_request.url.query_string} ${body.http_response.code}, ${body.duration} ms`
    }
    case 3002:
      return body.status_id === 1
        ? t('exercise.row.signed-in', { user: body.user.uid })
        : t('exercise.row.not-signed-in', { user: body.user.uid })
    case 3001:
      return t('exercise.row.account', { user: body.user.uid, field: body.unmapped.field })
    case 6003:
      return [
        body.api.operation,
        ...body.resources.map((one) => one.uid),
        body.unmapped?.amount_minor === undefined ? '' : money(body.unmapped.amount_minor, true),
        body.unmapped?.destination ? `→ ${body.unmapped.destination}` : '',
      ]
        .filter((part) => part !== '')
        .join(' ')
    case 6005:
      return t('exercise.row.page', {
        operation: body.unmapped.operation,
        page: body.unmapped.page.uid,
        revision: body.unmapped.page.revision,
        count: body.unmapped.scripts.length,
        via: body.unmapped.via,
      })
    case 99901:
      return t('exercise.row.payment', {
        message: body.payment.message,
        money: money(body.payment.amount_minor, true),
        code: body.payment.response_code,
        order: body.payment.merchant_reference,
      })
    case 99902:
      return bookRow(body.book)
    case 1008:
      return body.unmapped.verdict === 'intact'
        ? t('exercise.row.log-intact', { size: body.unmapped.size })
        : t('exercise.row.log-changed', { index: body.unmapped.index ?? 0 })
  }
}

function bookRow(book: BookActivity['book']): string {
  if (book.operation === 'rebuild') return t('exercise.row.book-rebuild', { size: book.head.size })
  if (book.operation !== 'look') return t(`exercise.row.book-${book.operation}`)
  const { size, root } = book.shown
  const head = { size, root: root.slice(0, 8) }
  return book.accepted ? t('exercise.row.book-good', head) : t('exercise.row.book-refused', head)
}
