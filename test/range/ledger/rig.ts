import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { nodeDisk, type Disk, type DiskFile } from '../../../range/server/ledger/disk.ts'
import { LedgerError } from '../../../range/server/ledger/error.ts'
import type { Log } from '../../../range/server/ledger/log.ts'
import { openLog } from '../../../range/server/ledger/open.ts'

export const LIVE = { origin: 'doorstep.local/exercise/TEST', mode: 'live' as const }

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A fresh folder, gone after the test; a copy of `like` where given. */
export function freshDir(like?: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'doorstep-ledger-'))
  folders.push(dir)
  if (like !== undefined) cpSync(like, dir, { recursive: true })
  return dir
}

export function entry(n: number) {
  return { kind: 'input', time: n * 1000, seat: 'defender-1', n }
}

/** The `n` of all entries of a log, in order. */
export function numbers(log: Log): number[] {
  return [...log.entries()].map((row) => (row.entry as unknown as { n: number }).n)
}

/** The code and place of the `LedgerError` that `work` ends in; `undefined` where it does not. */
export async function refusal(work: Promise<unknown>) {
  try {
    await work
    return undefined
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    return error.at === undefined ? { code: error.code } : { code: error.code, at: error.at }
  }
}

/** A log of six batches of three entries and two checkpoints of sixteen leaves, closed. */
export async function filledDir(): Promise<string> {
  const dir = freshDir()
  const log = await openLog(dir, LIVE)
  for (let batch = 0; batch < 6; batch++) {
    await log.append([0, 1, 2].map((i) => entry(batch * 3 + i)))
    if (batch === 1 || batch === 3) await log.publish(batch)
  }
  await log.close()
  return dir
}

/** The real files without waiting for the platter, for tests that open a log a thousand times. */
export const quickDisk: Disk = {
  ...nodeDisk,
  open: (path) => ({
    ...nodeDisk.open(path),
    sync: () => Promise.resolve(),
    syncNow: () => undefined,
  }),
}

/** A disk of which write number `at` fails, after `persisted` of its bytes (0..1) were written. */
export function failingDisk(fault: {
  readonly at: number
  readonly persisted: number
  readonly on: 'append' | 'sync'
}): Disk {
  let calls = 0
  const due = (kind: 'append' | 'sync') => kind === fault.on && ++calls === fault.at
  return {
    ...nodeDisk,
    open: (path) => wrap(nodeDisk.open(path)),
  }
  function wrap(file: DiskFile): DiskFile {
    return {
      ...file,
      append(data) {
        if (!due('append')) return file.append(data)
        file.append(data.subarray(0, Math.floor(data.length * fault.persisted)))
        throw new Error('ENOSPC: no space left on device')
      },
      sync: () => (due('sync') ? Promise.reject(new Error('EIO: i/o error')) : file.sync()),
    }
  }
}
