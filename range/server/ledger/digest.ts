import { createHash, type Hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { DiskFile } from './disk.ts'

/** Length and SHA-256 of the bytes a file should begin with. */
export interface FileDigest {
  readonly size: number
  readonly sha256: string
}

const CHUNK_BYTES = 262_144

/** Follows what is written to a file, so that the whole of it can be checked in one pass. */
export class RunningDigest {
  #hash: Hash = createHash('sha256')
  #size = 0

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes)
    this.#size += bytes.length
  }

  /** Takes in all that stands in a file. */
  readAll(file: DiskFile): void {
    const size = file.size()
    for (let at = 0; at < size; at += CHUNK_BYTES) {
      this.update(file.read(at, Math.min(CHUNK_BYTES, size - at)))
    }
  }

  now(): FileDigest {
    return { size: this.#size, sha256: this.#hash.copy().digest('hex') }
  }
}

/** Whether the file at `path` begins with what `expected` digests. Reads in pieces of 256 KiB. */
export async function fileMatches(path: string, expected: FileDigest): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined)
  if (file === undefined) return false
  try {
    const hash = createHash('sha256')
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    for (let at = 0; at < expected.size;) {
      const length = Math.min(CHUNK_BYTES, expected.size - at)
      const { bytesRead } = await file.read(chunk, 0, length, at)
      if (bytesRead === 0) return false
      hash.update(chunk.subarray(0, bytesRead))
      at += bytesRead
    }
    return hash.digest('hex') === expected.sha256
  } finally {
    await file.close()
  }
}
