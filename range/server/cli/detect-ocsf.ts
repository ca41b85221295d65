import { z } from 'zod'
import type { OcsfEvent } from '../../../engine/event/telemetry.ts'
import { describe } from './detect-http.ts'
import { readObject } from './detect-line.ts'
import type { LineReader } from './detect-line.ts'
import { eventTime } from './event-time.ts'

const endpoint = z.looseObject({ ip: z.string() }).default({ ip: 'unknown' })
const user = z.looseObject({ uid: z.string(), type: z.string().default('customer') })
const actor = z.looseObject({ user: z.looseObject({ uid: z.string() }) })
const text = z.string().default('')
const bookHead = z.looseObject({
  at: z.number(),
  size: z.number().int().min(0),
  root: z.string().regex(/^[0-9a-f]{64}$/),
})
const page = z.looseObject({ uid: z.string(), revision: z.number() })

/** What the engine needs of each class; the rest passes as it is, for rules. */
const CLASSES: Readonly<Record<number, z.ZodType>> = {
  4002: z.looseObject({
    http_request: z.looseObject({
      http_method: text,
      user_agent: text,
      referrer: text,
      length: z.number().default(0),
      body: z.string().optional(),
      url: z.looseObject({
        hostname: text,
        path: text,
        query_string: text,
        url_string: z.string().optional(),
      }),
    }),
    http_response: z
      .looseObject({ code: z.number().default(0), length: z.number().default(0) })
      .default({ code: 0, length: 0 }),
    src_endpoint: endpoint,
    duration: z.number().default(0),
    session: z.looseObject({ uid: z.string() }).optional(),
    actor: actor.optional(),
  }),
  3002: z.looseObject({ status_id: z.number(), user, src_endpoint: endpoint }),
  3001: z.looseObject({
    user,
    actor,
    src_endpoint: endpoint,
    unmapped: z.looseObject({}).default({}),
  }),
  6003: z.looseObject({
    api: z.looseObject({ operation: z.string() }),
    actor,
    src_endpoint: endpoint,
    resources: z.array(z.looseObject({ uid: text, type: text })).default([]),
    unmapped: z
      .looseObject({
        amount_minor: z.number().optional(),
        destination: z.string().optional(),
        four_eyes_limit_minor: z.number().optional(),
      })
      .optional(),
  }),
  6005: z.looseObject({
    actor,
    src_endpoint: endpoint,
    unmapped: z.looseObject({
      operation: z.enum(['publish', 'sign', 'inventory', 'restore']),
      page,
      via: text,
      approved_by: z.string().nullable().default(null),
      signature: z.string().optional(),
      calls: z.array(z.looseObject({ host: z.string(), canary: z.boolean() })).optional(),
      scripts: z
        .array(
          z.looseObject({
            src: z.string(),
            hash: z.string(),
            hosts: z.array(z.string()).default([]),
          }),
        )
        .default([]),
    }),
  }),
  1008: z.looseObject({
    unmapped: z.looseObject({
      verdict: z.enum(['intact', 'changed']),
      index: z.number().nullable(),
      size: z.number(),
    }),
  }),
  99902: z.looseObject({
    actor,
    book: z.discriminatedUnion('operation', [
      z.looseObject({
        operation: z.literal('look'),
        kept: bookHead.nullable(),
        shown: bookHead,
        path: z.array(z.string()).max(64),
        accepted: z.boolean(),
        differs: z
          .looseObject({
            index: z.number().int().min(0),
            kept: z.string().nullable(),
            shown: z.string().nullable(),
            path: z.array(z.string()).max(64),
          })
          .nullable()
          .default(null),
      }),
      z.looseObject({ operation: z.enum(['freeze', 'thaw', 'correct']) }),
      z.looseObject({
        operation: z.literal('rebuild'),
        head: bookHead,
        agreed: z.array(z.string()).default([]),
      }),
    ]),
  }),
  99901: z.looseObject({
    payment: z.looseObject({
      message: z.string(),
      transaction_id: text,
      merchant_reference: z.string(),
      amount_minor: z.number().int(),
      card: z.looseObject({ token: z.string(), bin: text, last4: text, country: text }),
      response_code: z.string(),
      sca: z.string().default('none'),
    }),
    src_endpoint: endpoint,
    session: z.looseObject({ uid: z.string() }).optional(),
  }),
}

/** An OCSF event of a class the engine knows, or a line of our own telemetry, `{time, uid, body}`. */
export const readOcsf: LineReader = (line, uid) => {
  const value = readObject(line)
  if (typeof value === 'string') return { ok: false, error: value }
  return readOcsfValue(value, uid)
}

export function readOcsfValue(
  value: Readonly<Record<string, unknown>>,
  uid: string,
): ReturnType<LineReader> {
  const inner = value['body']
  const event =
    typeof inner === 'object' && inner !== null && 'class_uid' in inner
      ? (inner as Readonly<Record<string, unknown>>)
      : value
  const time = eventTime(event) ?? eventTime(value)
  if (time === null) return { ok: false, error: 'no time' }
  const schema = CLASSES[Number(event['class_uid'])]
  if (schema === undefined)
    return { ok: false, error: `class_uid ${String(event['class_uid'])} is none the engine reads` }
  const read = schema.safeParse(event)
  if (!read.success) return { ok: false, error: describe(read.error) }
  const metadata = {
    version: '1.9.0',
    product: { name: 'log' },
    log_name: 'ocsf',
    ...(event['metadata'] as object | undefined),
    uid,
  }
  const body = {
    activity_id: 0,
    severity_id: 1,
    category_uid: 0,
    ...(read.data as object),
    time,
    metadata,
  }
  return { ok: true, events: [{ time, uid, body: body as unknown as OcsfEvent }] }
}
