import { CHECKPOINT_CHARS_MAX } from '../../ledger/checkpoint.ts'
import { tilePath, type TileId } from '../../ledger/tile.ts'

const TILE_BYTES_MAX = 65_536
const PATIENCE_MS = 10_000

/** Why nothing came from a log's address. */
export class Unreachable extends Error {
  constructor(url: string, why: string) {
    super(`${url}: ${why}`)
    this.name = 'Unreachable'
  }
}

/** A log's public addresses, as C2SP tlog-tiles lays them out. Nothing of it is trusted. */
export class LogAddress {
  readonly #base: string

  /** `url` is the prefix, e.g. `https://range.example.org/ledger/<id>`. */
  constructor(url: string) {
    this.#base = url.replace(/\/+$/, '')
  }

  /**
   * The checkpoint to be cosigned: the one the log offers its witnesses just now where it does so,
   * else its newest. Rejects with `Unreachable`.
   */
  async checkpoint(): Promise<string> {
    const offered = await readBounded(`${this.#base}/round`, CHECKPOINT_CHARS_MAX * 2)
    if (offered !== undefined) return Buffer.from(offered).toString('utf8')
    return this.#text('checkpoint', CHECKPOINT_CHARS_MAX * 2)
  }

  /** The key that the log shows now. Rejects with `Unreachable`. */
  async key(): Promise<string> {
    return (await this.#text('key.pub', 1024)).trim()
  }

  /** A tile; undefined where the log has none of that width. */
  tile(tile: TileId): Promise<Uint8Array | undefined> {
    return readBounded(`${this.#base}/${tilePath(tile)}`, TILE_BYTES_MAX)
  }

  /** Hands a cosigned note in; gives the status and the answer's first 200 characters. */
  async handIn(note: string): Promise<{ readonly status: number; readonly said: string }> {
    const url = `${this.#base}/add-cosignature`
    const headers = { 'content-type': 'text/plain; charset=utf-8' }
    const signal = AbortSignal.timeout(PATIENCE_MS)
    try {
      const init = { method: 'POST', body: note, headers, signal, redirect: 'error' as const }
      const response = await fetch(url, init)
      const bytes = await boundedBody(response, 65_536)
      return {
        status: response.status,
        said: Buffer.from(bytes ?? [])
          .toString('utf8')
          .slice(0, 200),
      }
    } catch (error) {
      throw new Unreachable(url, reasonOf(error))
    }
  }

  async #text(name: string, max: number): Promise<string> {
    const url = `${this.#base}/${name}`
    const bytes = await readBounded(url, max)
    if (bytes === undefined) throw new Unreachable(url, 'nothing is published there')
    return Buffer.from(bytes).toString('utf8')
  }
}

/** A good answer's body; undefined for any other status or more than `max` bytes. */
async function readBounded(url: string, max: number): Promise<Uint8Array | undefined> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const response = await fetch(url, { signal, redirect: 'error' })
    if (response.ok) return await boundedBody(response, max)
    await response.body?.cancel()
    return undefined
  } catch (error) {
    throw new Unreachable(url, reasonOf(error))
  }
}

async function boundedBody(response: Response, max: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    // Leaving the loop cancels the rest of the body.
    if (size > max) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof Error ? cause.message : 'does not answer'
}
