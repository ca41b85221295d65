import { closeSync, existsSync, fdatasync, fstatSync, fsyncSync, ftruncateSync } from 'node:fs'
import { mkdirSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs'
import { writeFileSync, writeSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The file system as the log needs it; tests put faults behind it. */
export interface Disk {
  /** Opens for appending and reading, created where missing. */
  readonly open: (path: string) => DiskFile
  readonly read: (path: string) => Buffer | undefined
  /** Bytes of a file from `at` on, fewer where it ends before; none where there is no such file. */
  readonly readPart: (path: string, at: number, length: number) => Buffer
  /** Bytes of a file; undefined where there is none. */
  readonly length: (path: string) => number | undefined
  /** Replaces a file by another in one step. `durable` also survives loss of power. */
  readonly replace: (path: string, data: Uint8Array | string, durable: boolean) => Promise<void>
  /** Writes a file that can be derived again: not durable, not in one step. */
  readonly write: (path: string, data: Uint8Array) => void
  readonly remove: (path: string) => void
}

export interface DiskFile {
  /** Adds at the end; all of it or a throw. */
  readonly append: (data: Uint8Array) => void
  readonly overwrite: (data: Uint8Array, at: number) => void
  readonly read: (at: number, length: number) => Buffer
  readonly truncate: (size: number) => void
  readonly size: () => number
  /** Resolves when everything written is durable. */
  readonly sync: () => Promise<void>
  readonly syncNow: () => void
  readonly close: () => void
}

/** The real one. */
export const nodeDisk: Disk = {
  open(path) {
    mkdirSync(dirname(path), { recursive: true })
    const fresh = !existsSync(path)
    const fd = openSync(path, fresh ? 'w+' : 'r+')
    if (fresh) syncFolder(dirname(path))
    return openedFile(fd)
  },
  read: (path) => (existsSync(path) ? readFileSync(path) : undefined),
  readPart(path, at, length) {
    if (!existsSync(path)) return Buffer.alloc(0)
    const fd = openSync(path, 'r')
    try {
      return readAt(fd, at, length)
    } finally {
      closeSync(fd)
    }
  },
  length: (path) => statSync(path, { throwIfNoEntry: false })?.size,
  async replace(path, data, durable) {
    const fresh = `${path}.new`
    const file = await open(fresh, 'w')
    try {
      await file.writeFile(data)
      if (durable) await file.sync()
    } finally {
      await file.close()
    }
    await rename(fresh, path)
    if (durable) await syncFolderSoon(dirname(path))
  },
  write(path, data) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, data)
  },
  remove: (path) => rmSync(path, { recursive: true, force: true }),
}

function openedFile(fd: number): DiskFile {
  let end = fstatSync(fd).size
  return {
    append(data) {
      writeAll(fd, data, end)
      end += data.length
    },
    overwrite: (data, at) => writeAll(fd, data, at),
    read: (at, length) => readAt(fd, at, length),
    truncate(size) {
      ftruncateSync(fd, size)
      end = size
    },
    size: () => end,
    sync: () =>
      new Promise((resolve, reject) => {
        fdatasync(fd, (error) => (error === null ? resolve() : reject(error)))
      }),
    syncNow: () => fsyncSync(fd),
    close: () => closeSync(fd),
  }
}

function readAt(fd: number, at: number, length: number): Buffer {
  const out = Buffer.allocUnsafe(length)
  let got = 0
  while (got < length) {
    const n = readSync(fd, out, got, length - got, at + got)
    if (n === 0) break
    got += n
  }
  return out.subarray(0, got)
}

function writeAll(fd: number, data: Uint8Array, at: number): void {
  let done = 0
  while (done < data.length) {
    done += writeSync(fd, data, done, data.length - done, at + done)
  }
}

/** A new or renamed file is only there after its folder is synced. Windows has no such call. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

async function syncFolderSoon(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
