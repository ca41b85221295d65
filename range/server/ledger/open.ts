import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseVkey, type Signer } from '../../ledger/checkpoint.ts'
import { nodeDisk, type Disk, type DiskFile } from './disk.ts'
import { LedgerError } from './error.ts'
import { logHeader } from './frame.ts'
import { Log } from './log.ts'
import { nativeSha256 } from './native.ts'
import { pathsIn, recover, type Paths } from './recover.ts'
import { liveSecrets, simulatedSecrets, type Secrets } from './secrets.ts'
import { signerFromSeed } from './signer.ts'

/** How to open a log. A simulated one always begins anew: what an earlier run left is removed. */
export interface LogOptions {
  /** The log's name for good, e.g. `doorstep.local/exercise/K7QX2M`: no space, no `+`. */
  readonly origin: string
  /**
   * `simulated` derives key, salts and times from `seed`; the origin then begins with `simulated`.
   */
  readonly mode: 'live' | { readonly seed: string }
  /** The key that signs; by default one of its own beside the log. Its name is the origin. */
  readonly key?: Signer
  /** Leaves a tick; 16 when live, 0 (no padding) when simulated. */
  readonly leavesPerTick?: number
  /** Unix milliseconds, for checkpoint times of a live log. */
  readonly now?: () => number
  readonly disk?: Disk
}

export const LEAVES_PER_TICK = 16

/**
 * Opens or creates the log in `dir/ledger`, and takes it over: whoever had it open before is
 * fenced. Recovers an exact prefix after a torn tail. Rejects with a `LedgerError` where the
 * stored log was changed (`frame-changed`, `opening-changed`, `differs-from-checkpoint`), lacks
 * what was signed (`shorter-than-checkpoint`), or belongs to another origin or key. Nothing is
 * signed before that.
 */
export async function openLog(dir: string, options: LogOptions): Promise<Log> {
  const simulated = options.mode !== 'live'
  checkOrigin(options.origin, simulated)
  const disk = options.disk ?? nodeDisk
  const paths = pathsIn(dir)
  if (simulated) removeOld(disk, paths)
  mkdirSync(paths.folder, { recursive: true })
  const secrets = secretsOf(options)
  const signer = options.key ?? storedSigner(paths, options.origin, secrets, simulated)
  await checkKey(disk, paths, signer, options.origin, !simulated)
  const recovered = recover(disk, paths, options.origin, signer.vkey)
  const { fence, fenceFile } = simulated ? noFence() : takeFence(disk, paths)
  const logFile = disk.open(paths.log)
  const openingsFile = disk.open(paths.openings)
  cutBack(logFile, openingsFile, recovered, logHeader(options.origin))
  return new Log({
    disk,
    paths,
    origin: options.origin,
    signer,
    secrets,
    fence,
    leavesPerTick: options.leavesPerTick ?? (simulated ? 0 : LEAVES_PER_TICK),
    durable: !simulated,
    files: { log: logFile, openings: openingsFile, fence: fenceFile },
    recovered,
    sealed: disk.read(paths.sealed) !== undefined,
  })
}

function checkOrigin(origin: string, simulated: boolean): void {
  if (!/^[\x21-\x2a\x2c-\x7e]{1,200}$/.test(origin)) {
    throw new LedgerError('origin-refused', 'an origin is 1 to 200 printable characters, no +')
  }
  if (origin.startsWith('simulated') !== simulated) {
    throw new LedgerError('origin-refused', 'only a simulated log says "simulated", and always')
  }
}

/** Removes what an earlier simulation left, and nothing else. */
function removeOld(disk: Disk, paths: Paths): void {
  const key = disk.read(paths.publicKey)?.toString('utf8')
  if (key === undefined && disk.read(paths.log) === undefined) return
  if (key?.startsWith('simulated') !== true) {
    throw new LedgerError('origin-refused', `${paths.folder} holds a live log`)
  }
  disk.remove(paths.folder)
}

function secretsOf(options: LogOptions): Secrets {
  return options.mode === 'live'
    ? liveSecrets(options.now ?? Date.now)
    : simulatedSecrets(options.mode.seed, options.origin)
}

function storedSigner(paths: Paths, origin: string, secrets: Secrets, simulated: boolean): Signer {
  if (simulated) return signerFromSeed(origin, secrets.keySeed())
  if (!existsSync(paths.key)) {
    if (existsSync(paths.publicKey)) {
      throw new LedgerError('key-refused', 'the secret key of this log is missing')
    }
    writeFileSync(paths.key, `${secrets.keySeed().toString('base64')}\n`, {
      mode: 0o600,
      flush: true,
    })
    chmodSync(paths.key, 0o600)
  }
  const seed = Buffer.from(readFileSync(paths.key, 'utf8').trim(), 'base64')
  if (seed.length !== 32) throw new LedgerError('key-refused', 'the secret key file is malformed')
  return signerFromSeed(origin, seed)
}

async function checkKey(
  disk: Disk,
  paths: Paths,
  signer: Signer,
  origin: string,
  durable: boolean,
): Promise<void> {
  if (parseVkey(signer.vkey, nativeSha256)?.name !== origin) {
    throw new LedgerError('key-refused', 'the key bears another name than the log')
  }
  const stored = disk.read(paths.publicKey)?.toString('utf8').trim()
  if (stored === undefined) await disk.replace(paths.publicKey, `${signer.vkey}\n`, durable)
  else if (stored !== signer.vkey) throw new LedgerError('key-refused', 'the log has another key')
}

function noFence(): { fence: number; fenceFile: undefined } {
  return { fence: 0, fenceFile: undefined }
}

function takeFence(disk: Disk, paths: Paths): { fence: number; fenceFile: DiskFile } {
  const fenceFile = disk.open(paths.fence)
  const fence = Number(fenceFile.read(0, 16).toString('latin1') || '0') + 1
  fenceFile.overwrite(Buffer.from(String(fence).padStart(16, '0'), 'latin1'), 0)
  fenceFile.syncNow()
  return { fence, fenceFile }
}

/** Cuts a torn tail off both files, durably, before anything is added after it. */
function cutBack(
  logFile: DiskFile,
  openingsFile: DiskFile,
  recovered: { readonly logEnd: number; readonly openingsEnd: number },
  header: Buffer,
): void {
  logFile.truncate(recovered.logEnd)
  openingsFile.truncate(recovered.openingsEnd)
  if (recovered.logEnd === 0) logFile.append(header)
  logFile.syncNow()
  openingsFile.syncNow()
}
