import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { sendText } from './answer.ts'
import { isSecure, originOf } from './origin.ts'
import { noPagePolicy, platformHeaders } from './platform-headers.ts'

/** Answers a request or says that it is not its own. */
export type Route = (
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
) => boolean | Promise<boolean>
export interface HttpParts {
  /** Routes that bring their own headers: the cage. */
  readonly foreign: readonly Route[]
  /** Routes of the platform: API, ledger, sockets. */
  readonly own: readonly Route[]
  readonly site: (
    req: IncomingMessage,
    res: ServerResponse,
    next: (error?: unknown) => void,
    locals?: object,
  ) => unknown
  readonly locals: (req: IncomingMessage) => Promise<object>
  readonly publicUrl?: URL
}

const HEADER_BYTES_MAX = 16_384

/** One HTTP server for everything; nothing is attached to it but `handle`. */
export function createHttp(parts: HttpParts): Server {
  const handle = requestHandler(parts)
  const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX }, handle)
  server.requestTimeout = 30_000
  server.headersTimeout = 15_000
  return server
}

export function requestHandler(
  parts: HttpParts,
): (req: IncomingMessage, res: ServerResponse) => void {
  return (req, res) => {
    dispatch(parts, req, res).catch((error: unknown) => {
      process.stderr.write(
        `doorstep: ${req.method} ${req.url?.split('?', 1)[0]}: ${error instanceof Error ? error.stack : String(error)}\n`,
      )
      if (!res.headersSent) sendText(res, 500, 'Something broke on our side. Please try again.\n')
      else res.destroy()
    })
  }
}

async function dispatch(
  parts: HttpParts,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const origin = originOf(req, parts.publicUrl)
  if (origin === null) {
    noPagePolicy(res)
    return sendText(res, 400, 'This request names no host.\n')
  }
  const path = (req.url ?? '/').split('?', 1)[0]!
  for (const route of parts.foreign) if (await route(req, res, path)) return
  platformHeaders(res, origin, { secure: isSecure(req), path })
  for (const route of parts.own) if (await route(req, res, path)) return
  const locals = await parts.locals(req)
  await new Promise<void>((resolve, reject) => {
    res.on('close', resolve)
    parts.site(
      req,
      res,
      (error) => {
        if (error !== undefined && error !== null)
          return reject(error instanceof Error ? error : new Error(String(error)))
        if (!res.headersSent) sendText(res, 404, 'There is nothing at this address.\n')
        resolve()
      },
      locals,
    )
  })
}
