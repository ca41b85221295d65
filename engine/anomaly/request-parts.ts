import type { HttpActivity } from '../event/telemetry.ts'

/** A request as its reader meets it; all of it still encoded. */
export interface RawRequest {
  readonly path: string
  readonly query: string
  readonly body: string
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** Values that programs compute with, paths that they look up, headers that they log. */
export type PartKind = 'value' | 'path' | 'header'
export const PART_KINDS: readonly PartKind[] = ['value', 'path', 'header']

/** One piece of a request that is judged by itself; `name` is for the explanation. */
export interface RequestPart {
  readonly kind: PartKind
  readonly name: string
  readonly text: string
  readonly plusIsSpace: boolean
}

/** Parts beyond are left out; a form of the shop has at most twenty. */
export const PARTS_MAX = 64
const NAME_MAX = 64
const DEPTH_MAX = 6
/** Headers whose text reaches programs and that no two servers fill alike. */
const HEADERS = [
  'user-agent',
  'referer',
  'cookie',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-api-version',
  'host',
  'authorization',
  'content-type',
  'origin',
  'accept-language',
]

export function requestOf(
  body: HttpActivity,
  headers: Readonly<Record<string, string>> = {},
): RawRequest {
  const { url, user_agent: agent, referrer } = body.http_request
  return {
    path: url.path,
    query: url.query_string,
    body: body.http_request.body ?? '',
    headers: { ...headers, 'user-agent': agent, referer: referrer },
  }
}

/**
 * The path, each parameter, each field of a form or of JSON, and chosen headers; empty ones left
 * out.
 */
export function partsOf(request: RawRequest): RequestPart[] {
  const parts: RequestPart[] = []
  if (request.path.length > 1)
    parts.push({ kind: 'path', name: 'path', text: request.path, plusIsSpace: false })
  parts.push(...fieldsOf(request.query, 'parameter'))
  parts.push(...bodyParts(request.body))
  for (const name of HEADERS) {
    const text = request.headers[name] ?? ''
    if (text === '' || text === '-') continue
    if (name === 'referer') parts.push(...refererParts(text))
    else parts.push({ kind: 'header', name: `header ${name}`, text, plusIsSpace: false })
  }
  return parts.slice(0, PARTS_MAX)
}

/**
 * Fields of `a=1&b=2`. A name that carries more than a name is a part as well, as is a text without
 * `=`.
 */
function fieldsOf(text: string, word: string): RequestPart[] {
  if (text === '') return []
  return text
    .split('&')
    .slice(0, PARTS_MAX)
    .flatMap((field) => {
      const cut = field.indexOf('=')
      const [name, value] = cut < 0 ? ['', field] : [field.slice(0, cut), field.slice(cut + 1)]
      const odd = name !== '' && !/^[\w.~[\]%:-]{1,80}$/.test(name)
      const parts: RequestPart[] = odd
        ? [{ kind: 'value', name: `name of a ${word}`, text: name, plusIsSpace: true }]
        : []
      const shown = name === '' || odd ? word : `${word} ${name.slice(0, NAME_MAX)}`
      return value === ''
        ? parts
        : [...parts, { kind: 'value', name: shown, text: value, plusIsSpace: true }]
    })
}

function bodyParts(body: string): RequestPart[] {
  if (body === '') return []
  if (/^\s*[{[]/.test(body)) {
    const parts: RequestPart[] = []
    try {
      leaves(JSON.parse(body), 'field', 0, parts)
      return parts
    } catch {
      return [{ kind: 'value', name: 'body', text: body, plusIsSpace: false }]
    }
  }
  const form = /^[\w.~[\]%+-]{1,80}=/.test(body)
  return form
    ? fieldsOf(body, 'field')
    : [{ kind: 'value', name: 'body', text: body, plusIsSpace: !/\s/.test(body) }]
}

function leaves(value: unknown, name: string, depth: number, parts: RequestPart[]): void {
  if (parts.length >= PARTS_MAX || depth > DEPTH_MAX || value === null) return
  if (typeof value !== 'object') {
    const text = String(value)
    if (text !== '') parts.push({ kind: 'value', name, text, plusIsSpace: false })
    return
  }
  for (const [key, each] of Object.entries(value)) {
    if (key.startsWith('$'))
      parts.push({ kind: 'value', name: `name of a ${name}`, text: key, plusIsSpace: false })
    leaves(each, Array.isArray(value) ? name : `field ${key.slice(0, NAME_MAX)}`, depth + 1, parts)
  }
}

/** Where a visitor came from: its path and its parameters, apart. */
function refererParts(text: string): RequestPart[] {
  const cut = text.indexOf('?')
  const before = cut < 0 ? text : text.slice(0, cut)
  const query = cut < 0 ? '' : (text.slice(cut + 1).split('#', 1)[0] ?? '')
  const parts: RequestPart[] = [
    {
      kind: 'path',
      name: 'header referer',
      text: before.replace(/^https?:\/\/[^/]*/i, ''),
      plusIsSpace: false,
    },
  ]
  const fields = fieldsOf(query, 'referer parameter')
  return [...parts.filter((part) => part.text.length > 1), ...fields]
}
