import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseTilePath, type TileId } from '../../ledger/tile.ts'
import { LedgerError } from './error.ts'
import type { PublishedLog } from './published.ts'

/** Finds a log by the id in the address. A `Map` is one. */
export interface LogShelf {
  get(id: string): PublishedLog | undefined
}

type Answer =
  | {
      readonly status: 200
      readonly type: string
      readonly body: Uint8Array
      readonly keep: boolean
    }
  | { readonly status: 403 | 404 | 405 | 500; readonly code: string }

const ADDRESS = /^\/ledger\/([A-Za-z0-9-]{1,64})\/([a-z0-9./]{1,120})$/

/**
 * Answers `GET /ledger/<id>/checkpoint`, `…/tile/<level>/<index>[.p/<width>]`, `…/tile/entries/…`,
 * `…/key.pub` and, once the log is sealed, `…/openings.jsonl`. Returns whether the address was one
 * of its own. Leaves are sealed commitments, so that anybody may ask. `cosigned` gives a log's
 * newest checkpoint with the witnesses' lines below it. Source: C2SP tlog-tiles.
 */
export function handleLedgerRequest(
  req: IncomingMessage,
  res: ServerResponse,
  logs: LogShelf,
  cosigned: (id: string, log: PublishedLog) => string | undefined = (_, log) => log.checkpoint,
): boolean {
  const path = (req.url ?? '').split('?', 1)[0]!
  if (!path.startsWith('/ledger/')) return false
  const answer = answerTo(req.method ?? 'GET', path, logs, cosigned)
  if (answer === undefined) return false
  send(res, answer, req.method === 'HEAD')
  return true
}

function answerTo(
  method: string,
  path: string,
  logs: LogShelf,
  cosigned: (id: string, log: PublishedLog) => string | undefined,
): Answer | undefined {
  const match = ADDRESS.exec(path)
  if (match === null) return undefined
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, code: 'method-not-allowed' }
  const [, id = '', name = ''] = match
  const log = logs.get(id)
  if (log === undefined) return { status: 404, code: 'no-such-log' }
  switch (name) {
    case 'checkpoint':
      return text('text/plain; charset=utf-8', cosigned(id, log))
    case 'key.pub':
      return text('text/plain; charset=utf-8', `${log.vkey}\n`)
    case 'openings.jsonl':
      if (!log.sealed) return { status: 403, code: 'exercise-not-ended' }
      return bytes('application/jsonl; charset=utf-8', log.publicOpenings(), false)
    default: {
      const tile = parseTilePath(name)
      if (tile === undefined) return undefined
      return tileAnswer(tile, log)
    }
  }
}

/** What was changed on the disk is named to whoever asks for it, and not shown. */
function tileAnswer(tile: TileId, log: PublishedLog): Answer {
  try {
    return bytes('application/octet-stream', log.tile(tile), true)
  } catch (error) {
    if (error instanceof LedgerError) return { status: 500, code: error.code }
    throw error
  }
}

function text(type: string, body: string | undefined): Answer {
  return bytes(type, body === undefined ? undefined : Buffer.from(body), false)
}

function bytes(type: string, body: Uint8Array | undefined, keep: boolean): Answer {
  return body === undefined ? { status: 404, code: 'not-there' } : { status: 200, type, body, keep }
}

function send(res: ServerResponse, answer: Answer, headOnly: boolean): void {
  res.setHeader('Access-Control-Allow-Origin', '*')
  res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
  res.setHeader('X-Content-Type-Options', 'nosniff')
  if (answer.status !== 200) {
    res.writeHead(answer.status, {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
    })
    res.end(headOnly ? undefined : `${JSON.stringify({ code: answer.code })}\n`)
    return
  }
  res.writeHead(200, {
    'Content-Type': answer.type,
    'Content-Length': answer.body.length,
    'Cache-Control': answer.keep ? 'public, max-age=31536000, immutable' : 'no-store',
  })
  res.end(headOnly ? undefined : answer.body)
}
