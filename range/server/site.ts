import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import sirv from 'sirv'
import { HOME } from './home.ts'

type Next = (error?: unknown) => void
export type SiteHandler = (
  req: IncomingMessage,
  res: ServerResponse,
  next: Next,
  locals?: object,
) => unknown
const IMMUTABLE = /^\/_astro\//
/**
 * Gun's script runs in a sandboxed frame, whose origin is opaque: to it, every file is another
 * origin's.
 */
const FRAME_SCRIPT = /^\/_astro\/frame-[\w-]+\.js$/

/**
 * The built site: files of dist/client first (hashed ones for a year), then the pages. `next` is
 * called where neither answers. Rejects where the site was not built.
 */
export async function loadSite(): Promise<SiteHandler> {
  const entry = join(HOME, 'dist/server/entry.mjs')
  if (!existsSync(entry)) throw new Error('the site is not built: run npm start, or npm run build')
  const { handler } = (await import(pathToFileURL(entry).href)) as { handler: SiteHandler }
  const files = sirv(join(HOME, 'dist/client'), {
    etag: true,
    gzip: true,
    brotli: true,
    setHeaders(res, path) {
      res.setHeader(
        'Cache-Control',
        IMMUTABLE.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      )
      if (FRAME_SCRIPT.test(path)) res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
    },
  })
  return (req, res, next, locals) =>
    files(req, res, () => {
      void Promise.resolve(handler(req, res, next, locals)).catch(next)
    })
}
