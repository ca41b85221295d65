import { parseVkey, verifyCheckpoint, type Checkpoint } from '../../ledger/checkpoint.ts'
import { equalBytes } from '../../ledger/bytes.ts'
import { parseBundle, tilePath, TILE_WIDTH } from '../../ledger/tile.ts'
import { HASH_BYTES, hashLeaf } from '../../ledger/tree.ts'
import { LedgerError } from './error.ts'
import { leadsTo, type Inspection, type Problem } from './inspect.ts'
import { nativeSha256, nativeTools } from './native.ts'

const BYTES_MAX = 1_048_576

/**
 * Audits a log from outside, over its public addresses below `url` (…/ledger/<id>), with `vkey`;
 * without one it takes the key the server shows. Throws a `LedgerError` where the server does not
 * answer.
 */
export async function inspectUrl(url: string, vkey?: string): Promise<Inspection> {
  const base = url.replace(/\/+$/, '')
  const key = vkey ?? (await fetchText(`${base}/key.pub`)).trim()
  const origin = parseVkey(key, nativeSha256)?.name
  if (origin === undefined) throw new LedgerError('key-refused', 'the verifier key is malformed')
  const result = verifyCheckpoint(await fetchText(`${base}/checkpoint`), key, nativeTools)
  const found = (size: number, problems: readonly Problem[]): Inspection => {
    return { ok: problems.length === 0, origin, vkey: key, size, unsigned: 0, problems }
  }
  if (!result.ok) return found(0, [{ code: result.code }])
  const head = result.checkpoint
  const leaves: Uint8Array[] = []
  for (let index = 0; index * TILE_WIDTH < head.size; index++) {
    const bundle = await fetchBundle(base, index, head)
    if (bundle === undefined) return found(head.size, [missing(index)])
    leaves.push(...bundle)
  }
  if (leadsTo(Buffer.concat(leaves), head)) return found(head.size, [])
  return found(head.size, [(await firstDifference(base, leaves)) ?? { code: 'unlocated' }])
}

function missing(bundle: number): Problem {
  return { code: 'entry-missing', index: bundle * TILE_WIDTH }
}

async function fetchBundle(base: string, index: number, head: Checkpoint) {
  const width = Math.min(TILE_WIDTH, head.size - index * TILE_WIDTH)
  const bytes = await fetchBytes(`${base}/${tilePath({ level: 'entries', index, width })}`)
  const bundle = bytes === undefined ? undefined : parseBundle(bytes)
  return bundle?.length === width ? bundle : undefined
}

/** The first entry that is not what the tiles of level 0 say. */
async function firstDifference(
  base: string,
  leaves: readonly Uint8Array[],
): Promise<Problem | undefined> {
  for (let tile = 0; tile * TILE_WIDTH < leaves.length; tile++) {
    const width = Math.min(TILE_WIDTH, leaves.length - tile * TILE_WIDTH)
    const bytes = await fetchBytes(`${base}/${tilePath({ level: 0, index: tile, width })}`)
    for (let i = 0; bytes !== undefined && i < width; i++) {
      const index = tile * TILE_WIDTH + i
      const hash = bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)
      if (!equalBytes(hash, hashLeaf(leaves[index]!, nativeSha256))) {
        return { code: 'entry-changed', index }
      }
    }
  }
  return undefined
}

async function fetchText(url: string): Promise<string> {
  const bytes = await fetchBytes(url)
  if (bytes === undefined) throw new LedgerError('log-header', `nothing is published at ${url}`)
  return Buffer.from(bytes).toString('utf8')
}

/** The body of a good answer; undefined for any other status or more than 1 MiB. */
async function fetchBytes(url: string): Promise<Uint8Array | undefined> {
  let response: Response
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(10_000) })
  } catch {
    throw new LedgerError('log-header', `${url} does not answer`)
  }
  if (!response.ok) return undefined
  const body = new Uint8Array(await response.arrayBuffer())
  return body.length > BYTES_MAX ? undefined : body
}
