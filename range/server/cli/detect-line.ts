import type { HttpActivity, Telemetry } from '../../../engine/event/telemetry.ts'

export type LogFormat = 'combined' | 'http' | 'ocsf' | 'epcis'

/** What a line says; `headers` are those a row of `http` has beside the ones telemetry knows. */
export type ReadLine =
  | {
      readonly ok: true
      readonly events: readonly Telemetry[]
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly ok: false; readonly error: string }

/** Reads one line; `uid` names it and is unique in the stream. */
export type LineReader = (line: string, uid: string) => ReadLine

/** Longer lines are refused: no server writes them, and nobody should have to wait for one. */
export const LINE_MAX = 1_000_000

export interface Requested {
  readonly time: number
  readonly uid: string
  readonly source: string
  readonly method: string
  readonly host: string
  /** Path and query as written, still encoded. */
  readonly target: string
  readonly agent: string
  readonly referrer: string
  readonly body?: string
  readonly code: number
  readonly length: number
  readonly user?: string
}

/** A request of a foreign log as telemetry: HTTP Activity, class 4002. */
export function requestEvent(request: Requested): Telemetry {
  const { time, uid, target, body } = request
  const cut = target.indexOf('?')
  const [path, query] = cut < 0 ? [target, ''] : [target.slice(0, cut), target.slice(cut + 1)]
  const activity: HttpActivity = {
    class_uid: 4002,
    category_uid: 4,
    activity_id: request.method === 'GET' ? 3 : request.method === 'POST' ? 6 : 99,
    severity_id: 1,
    time,
    metadata: { uid, version: '1.9.0', product: { name: 'log' }, log_name: 'access' },
    http_request: {
      http_method: request.method,
      url: { hostname: request.host, path, query_string: query },
      user_agent: request.agent,
      referrer: request.referrer,
      length: body?.length ?? 0,
      ...(body === undefined ? {} : { body }),
    },
    http_response: { code: request.code, length: request.length },
    duration: 0,
    src_endpoint: { ip: request.source },
    ...(request.user === undefined ? {} : { actor: { user: { uid: request.user } } }),
  }
  return { time, uid, body: activity }
}

/** Parses a line of JSON that must be an object; the error is for the reader. */
export function readObject(line: string): Readonly<Record<string, unknown>> | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'not JSON'
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : 'not a JSON object'
}
