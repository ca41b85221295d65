import { readFileSync } from 'node:fs'

const BYTES_MAX = 16 * 1024 * 1024

/**
 * A file that a person wrote, without a byte order mark. Throws a plain Error of one line for a
 * file that is not there, a folder, more than 16 MiB, or bytes that are no UTF-8.
 */
export function readText(path: string): string {
  const bytes = read(path)
  if (bytes.length > BYTES_MAX) throw new Error(`${path}: longer than 16 MiB`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Error(`${path}: no text, for its bytes are not UTF-8`)
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new Error(`${path}: ${whyUnreadable(error)}`, { cause: error })
  }
}

/** In words what the operating system said about a file. */
export function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file'
  if (code === 'EISDIR') return 'a folder, where a file is needed'
  if (code === 'EACCES') return 'may not be read'
  return error instanceof Error ? error.message : String(error)
}
