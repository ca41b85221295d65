import type { HttpActivity } from '../../engine/event/telemetry.ts'
import { SHOP_HOST } from '../world/shop-scripts.ts'
import type { ShopRequest } from '../world/types-shop.ts'
import type { ShopEvent } from '../world/types-shop-change.ts'
import { base, type Report, type Source } from './report.ts'

/** Fields that the shop never writes into its log. */
const SECRET = new Set(['card', 'cvc', 'expiry', 'password', 'code'])
const VALUE_MAX = 512

/**
 * The shop's own access log, and the reports that browsers post to it. Other hosts' logs are not
 * the shop's to see.
 */
export const http: Source = (_world, _at, event) => {
  if (event.kind === 'HttpServed') return event.request.host === SHOP_HOST ? [served(event)] : []
  return event.kind === 'BrowserReported' ? [reported(event)] : []
}

function served(event: Extract<ShopEvent, { kind: 'HttpServed' }>): Report {
  const { request, response, account, durationMs } = event
  return {
    stream: 'http',
    delayMs: 0,
    body: (time, uid): HttpActivity => ({
      class_uid: 4002,
      category_uid: 4,
      activity_id: request.method === 'GET' ? 3 : 6,
      ...base(time, uid, 'access', 'shop'),
      http_request: {
        http_method: request.method,
        url: { hostname: request.host, path: request.path, query_string: request.query },
        user_agent: request.agent,
        referrer: request.referrer,
        length: bodyOf(request).length,
        ...(request.method === 'POST' ? { body: bodyOf(request) } : {}),
      },
      http_response: { code: response.code, length: response.length },
      duration: durationMs,
      src_endpoint: { ip: request.ip },
      ...(request.session === '' ? {} : { session: { uid: request.session } }),
      ...(account === null ? {} : { actor: { user: { uid: account } } }),
      ...(response.page === null
        ? {}
        : { unmapped: { page: { uid: response.page.slug, revision: response.page.revision } } }),
    }),
  }
}

function bodyOf(request: ShopRequest): string {
  return Object.entries(request.form)
    .map(
      ([name, value]) =>
        `${encode(name)}=${SECRET.has(name) ? '*' : encode(value.slice(0, VALUE_MAX))}`,
    )
    .join('&')
}

/** Lone surrogates, which a stranger can send, have no percent-encoding. */
function encode(value: string): string {
  return encodeURIComponent(value.toWellFormed())
}

function reported(event: Extract<ShopEvent, { kind: 'BrowserReported' }>): Report {
  const path = event.page === 'home' ? '/' : `/${event.page}`
  return {
    stream: 'http',
    delayMs: 0,
    body: (time, uid): HttpActivity => ({
      class_uid: 4002,
      category_uid: 4,
      activity_id: 6,
      ...base(time, uid, 'access', 'shop'),
      http_request: {
        http_method: 'POST',
        url: { hostname: SHOP_HOST, path: '/~csp', query_string: '' },
        user_agent: event.agent,
        referrer: `https://${SHOP_HOST}${path}`,
        length: 280 + event.uri.length,
      },
      http_response: { code: 204, length: 0 },
      duration: 2,
      src_endpoint: { ip: event.ip },
      ...(event.session === '' ? {} : { session: { uid: event.session } }),
      unmapped: {
        csp_report: {
          blocked_host: event.host,
          blocked_uri: event.uri,
          violated_directive: event.directive,
          document_path: path,
          disposition: event.enforce ? 'enforce' : 'report',
        },
        page: { uid: event.page, revision: event.revision },
      },
    }),
  }
}
