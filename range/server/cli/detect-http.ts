import { z } from 'zod'
import { readObject, requestEvent } from './detect-line.ts'
import type { LineReader } from './detect-line.ts'
import { eventTime } from './event-time.ts'

const header = z.union([z.string(), z.number(), z.array(z.string())])
const rowSchema = z.looseObject({
  method: z.string().max(40).optional(),
  url: z.string(),
  headers: z.record(z.string(), header).nullish(),
  body: z.unknown().optional(),
  source: z.union([z.string(), z.looseObject({ ip: z.string() })]).nullish(),
  status: z.number().int().nullish(),
  code: z.number().int().nullish(),
})

/**
 * A row `{"time","method","url","headers":{},"body","source"}`; only `url` must be there, `status` may be. The
 * answer's code is 0 where the row does not say it, the time that of the Unix epoch.
 */
export const readHttp: LineReader = (line, uid) => {
  const value = readObject(line)
  if (typeof value === 'string') return { ok: false, error: value }
  const read = rowSchema.safeParse(value)
  if (!read.success) return { ok: false, error: describe(read.error) }
  const row = read.data
  const headers: Record<string, string> = {}
  for (const [name, each] of Object.entries(row.headers ?? {})) {
    headers[name.toLowerCase()] = Array.isArray(each) ? each.join(', ') : String(each)
  }
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^#]*)/i.exec(row.url)
  const target =
    absolute === null
      ? (row.url.split('#', 1)[0] ?? '')
      : absolute[2] === ''
        ? '/'
        : (absolute[2] ?? '/')
  const { source } = row
  const body =
    row.body === undefined || row.body === null || row.body === ''
      ? undefined
      : typeof row.body === 'string'
        ? row.body
        : JSON.stringify(row.body)
  return {
    ok: true,
    headers,
    events: [
      requestEvent({
        time: eventTime(value) ?? 0,
        uid,
        target,
        method: (row.method ?? 'GET').toUpperCase(),
        source: typeof source === 'string' ? source : (source?.ip ?? 'unknown'),
        host: absolute?.[1] ?? headers['host'] ?? '',
        agent: headers['user-agent'] ?? '',
        referrer: headers['referer'] ?? headers['referrer'] ?? '',
        code: row.status ?? row.code ?? 0,
        length: 0,
        ...(body === undefined ? {} : { body }),
      }),
    ],
  }
}

/** The first problem in one line. */
export function describe(error: z.ZodError): string {
  const [issue] = error.issues
  if (issue === undefined) return 'not as expected'
  const where = issue.path.map(String).join('.')
  return where === '' ? issue.message : `${where}: ${issue.message}`
}
