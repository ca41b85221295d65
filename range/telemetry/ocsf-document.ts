import type { OcsfEvent } from '../../engine/event/telemetry.ts'

/** JSON of one event, as OCSF wants it at a border. */
export type OcsfJson = Readonly<Record<string, unknown>>

/**
 * The extension that payments and the range's own log health belong to: uid 999, as yet
 * unregistered.
 */
const EXTENSION = { name: 'doorstep', uid: '999', version: '0.1.0' } as const

/**
 * The event with what the schema wants and our shorter inner shape leaves out: `type_uid`, the
 * vendor, where a page lives, which service somebody signed in to. What the class has no attribute
 * for moves to `unmapped`.
 */
export function ocsfDocument(event: OcsfEvent): OcsfJson {
  const metadata = {
    ...event.metadata,
    product: { ...event.metadata.product, vendor_name: 'Doorstep' },
  }
  const whole = { ...event, type_uid: event.class_uid * 100 + event.activity_id, metadata }
  switch (event.class_uid) {
    case 4002: {
      const { body, ...request } = event.http_request
      const { session, ...rest } = { ...whole, ...event, metadata }
      const actor = session === undefined ? event.actor : { ...event.actor, session }
      const unmapped = body === undefined ? event.unmapped : { ...event.unmapped, body }
      return {
        ...rest,
        http_request: request,
        ...(actor === undefined ? {} : { actor }),
        ...(unmapped === undefined ? {} : { unmapped }),
      }
    }
    case 3002:
      return { ...whole, service: { name: event.user.type === 'staff' ? 'back office' : 'shop' } }
    case 6005:
      return { ...whole, table: { name: 'pages', uid: event.unmapped.page.uid } }
    case 99901:
    case 99902:
    case 1008:
      return { ...whole, metadata: { ...metadata, extensions: [EXTENSION] } }
    case 3001:
    case 6003:
      return whole
  }
}
