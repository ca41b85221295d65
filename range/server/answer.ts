import type { IncomingMessage, ServerResponse } from 'node:http'
import { BODY_BYTES_MAX } from '../protocol/door.ts'

/** Sends JSON that no cache keeps. */
export function sendJson(
  res: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = JSON.stringify(value)
  res.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...headers,
  })
  res.end(body)
}

export function sendText(
  res: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
  headers: Readonly<Record<string, string>> = {},
): void {
  res.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    ...headers,
  })
  res.end(text)
}

export type Body =
  { readonly ok: true; readonly bytes: Buffer } | { readonly ok: false; readonly status: 413 | 408 }

/** Reads a body of at most `max` bytes within ten seconds. */
export function readBody(req: IncomingMessage, max: number = BODY_BYTES_MAX): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const done = (body: Body): void => {
      clearTimeout(timer)
      req.removeAllListeners('data')
      if (!body.ok) req.resume()
      resolve(body)
    }
    const timer = setTimeout(() => done({ ok: false, status: 408 }), 10_000)
    if (Number(req.headers['content-length'] ?? 0) > max) return done({ ok: false, status: 413 })
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > max) done({ ok: false, status: 413 })
      else chunks.push(chunk)
    })
    req.on('end', () => done({ ok: true, bytes: Buffer.concat(chunks) }))
    req.on('error', () => done({ ok: false, status: 408 }))
  })
}

/** Reads a JSON body; undefined where it is none. */
export async function readJson(
  req: IncomingMessage,
): Promise<
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status: number; readonly reason: string }
> {
  if (!/^application\/json\b/i.test(req.headers['content-type'] ?? ''))
    return { ok: false, status: 415, reason: 'message: send application/json' }
  const body = await readBody(req)
  if (!body.ok)
    return {
      ok: false,
      status: body.status,
      reason: body.status === 413 ? 'message: too large' : 'message: too slow',
    }
  try {
    return { ok: true, value: JSON.parse(body.bytes.toString('utf8')) as unknown }
  } catch {
    return { ok: false, status: 400, reason: 'message: not JSON' }
  }
}
