import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseVkey } from '../../ledger/checkpoint.ts'
import { parseTilePath } from '../../ledger/tile.ts'
import { LedgerError } from './error.ts'
import { nativeSha256 } from './native.ts'
import { readPublished } from './published.ts'

const BYTES_MAX = 1_048_576
const PATIENCE_MS = 10_000
/** The prefix under which clients ask for parts of a log. */
const PREFIX = /^\/ledger\/[^/]+\//

/** Where a client may read a log from, offline or not. Nothing of it is trusted. */
export interface ReadableLog {
  readonly vkey: string
  readonly ended: boolean
  readonly fetchPath: (path: string) => Promise<Uint8Array | undefined>
}

/**
 * A log to check against: an address (`…/ledger/<id>`), an exercise's folder, its `ledger` folder,
 * or a folder of saved tiles with `checkpoint` and `key.pub`. `key` is the key to trust;
 * without one the log's own. Throws a `LedgerError` where there is nothing to read.
 */
export async function openReadable(target: string, key?: string): Promise<ReadableLog> {
  const log = /^https?:\/\//.test(target) ? await overHttp(target) : inFolder(target)
  const vkey = key ?? log.vkey
  if (vkey === undefined || parseVkey(vkey, nativeSha256) === undefined)
    throw new LedgerError('key-refused', 'no readable verifier key: give it with --key')
  return { ...log, vkey }
}

type Unkeyed = Omit<ReadableLog, 'vkey'> & { readonly vkey: string | undefined }

async function overHttp(url: string): Promise<Unkeyed> {
  const base = url.replace(/\/+$/, '')
  const key = await get(`${base}/key.pub`)
  const openings = await ask(`${base}/openings.jsonl`, 'HEAD')
  await openings.body?.cancel()
  return {
    vkey: key === undefined ? undefined : Buffer.from(key).toString('utf8').trim(),
    ended: openings.ok,
    fetchPath: (path) => get(`${base}/${path.replace(PREFIX, '')}`),
  }
}

function inFolder(dir: string): Unkeyed {
  const folder = existsSync(join(dir, 'ledger', 'checkpoint')) ? join(dir, 'ledger') : dir
  const read = (name: string): Buffer | undefined =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name)) : undefined
  if (read('checkpoint') === undefined)
    throw new LedgerError('log-header', `there is no ledger in ${dir}`)
  // Tiles may not be on disk at every width; the log itself gives them all.
  const whole = folder !== dir && existsSync(join(folder, 'log')) ? readPublished(dir) : undefined
  return {
    vkey: read('key.pub')?.toString('utf8').trim(),
    ended: existsSync(join(folder, 'sealed')),
    fetchPath: (path) => {
      const name = path.replace(PREFIX, '')
      const tile = parseTilePath(name)
      if (tile === undefined && name !== 'checkpoint') return Promise.resolve(undefined)
      const made = tile === undefined ? undefined : whole?.tile(tile)
      return Promise.resolve(made ?? read(name))
    },
  }
}

/** The body of a good answer; undefined for any other status or more than 1 MiB. */
async function get(url: string): Promise<Uint8Array | undefined> {
  const response = await ask(url, 'GET')
  if (!response.ok) return undefined
  const body = new Uint8Array(await response.arrayBuffer())
  return body.length > BYTES_MAX ? undefined : body
}

async function ask(url: string, method: 'GET' | 'HEAD'): Promise<Response> {
  try {
    return await fetch(url, { method, signal: AbortSignal.timeout(PATIENCE_MS) })
  } catch {
    throw new LedgerError('log-header', `${url} does not answer`)
  }
}
