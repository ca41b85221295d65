import { execFile, spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { sealLeaf } from '../../../range/ledger/leaf.ts'
import { provesConsistency } from '../../../range/ledger/tree.ts'
import { encodeFrame, logHeader } from '../../../range/server/ledger/frame.ts'
import { nativeSha256 } from '../../../range/server/ledger/native.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { pathsIn, recover } from '../../../range/server/ledger/recover.ts'
import { nodeDisk } from '../../../range/server/ledger/disk.ts'
import { editOpenings, forgeLog, removeTiles } from './forge.ts'
import { LIVE as KILL } from './kill-load.ts'
import { entry, filledDir, freshDir, LIVE, numbers, refusal } from './rig.ts'

/** What must be refused, and the test that holds it: its file, and part of its title. */
const INDEX: readonly (readonly [refusal: string, file: string, title: string])[] = [
  ['an entry edited', 'verify', 'log and opening forged to fit'],
  ['an entry deleted', 'verify', 'a leaf dropped, frames forged'],
  ['entries reordered', 'verify', 'two leaves exchanged, frames forged'],
  ['a backdated entry inserted', 'verify', 'a backdated entry inserted'],
  ['the four, signed anew', 'refusals', 'signed anew, is no continuation'],
  ['the tail cut off', 'recovery', 'refuses to lose what a signed checkpoint covers'],
  ['the tail cut off, to a witness', 'witness-cli', 'refuses an old copy and a cut tail'],
  ['an old snapshot restored, to a client', 'refusals', 'an old snapshot restored'],
  ['an old snapshot restored, to a witness', 'witness-client', 'refuses an old snapshot'],
  ['a fork, with one honest witness', 'witness-client', 'one honest witness among five'],
  ['a forged signature', 'recovery', 'a bent checkpoint'],
  ['a wrong key', 'verify', 'with a pinned key, refuses a log signed anew'],
  ['a new log identity', 'witness-cli', 'refuses a new log identity'],
  ['a frame replayed', 'refusals', 'a frame replayed'],
  ['an opening replayed', 'refusals', 'an opening replayed'],
  ['an entry never logged', 'receipt', 'acknowledged and never logged'],
  ['hostile Gun messages', 'gun-filter', 'refuses $name'],
  ['hostile Gun messages, over the wire', 'hostile', 'moves are answered meanwhile'],
  ['Gun messages that open connections', 'hostile', 'no connection begun'],
  ['oversized Gun messages', 'gun-hub', 'frames above 64 KiB'],
  ['a flood of Gun messages', 'gun-hub', 'keeps a flood of good puts within bounds'],
  ['the clock of a log a day off', 'witness-cli', 'refuses a log whose clock is a day ahead'],
  ['the clock of a witness a day off', 'witness', 'its own clock stands a day behind'],
  ['kill -9 at any byte', 'kill', 'fifty kills -9 under load'],
  ['a stop at any byte', 'recovery', 'cut at every byte of the log'],
  ['a full disk', 'refusals', 'a disk without room'],
  ['a flipped bit in the log', 'recovery', 'one flipped bit in any byte of the log'],
  ['a flipped bit in an opening', 'recovery', 'one flipped bit in any opening'],
  ['a second tab', 'witness-client', 'two tabs on one store'],
  ['a wiped browser store', 'witness-client', 'a wiped store makes a new witness'],
]

it('[L8] each of them has a test that still bears its name', () => {
  const missing = INDEX.filter(([, file, title]) => {
    const source = readFileSync(new URL(`./${file}.test.ts`, import.meta.url), 'utf8')
    return !source.replace(/const INDEX[\s\S]*?\n\]\n/, '').includes(title)
  })
  expect(missing).toEqual([])
})

/** One entry as the insider rewrites it. */
interface Row {
  salt: Buffer
  text: string
}

/** Rewrites leaves, frames, checks and openings as the server would have written them. */
function rewrite(dir: string, change: (rows: Row[]) => void): void {
  editOpenings(dir, (lines) => {
    const rows = lines.map((line) => {
      const salt = Buffer.from(/"salt":"([^"]+)"/.exec(line)![1]!, 'base64')
      return { salt, text: line.slice(line.indexOf('"entry":') + 8, -1) }
    })
    change(rows)
    const spelt = rows.map(
      ({ salt, text }, i) => `{"index":${i},"salt":"${salt.toString('base64')}","entry":${text}}`,
    )
    lines.splice(0, lines.length, ...spelt)
    const leaves = rows.map(({ salt, text }) => Buffer.from(sealLeaf(salt, text, nativeSha256)))
    forgeLog(dir, (old) => old.splice(0, old.length, ...leaves))
  })
}

const late = '{"kind":"input","n":99,"seat":"defender-1","time":1}'
const tamperings: [string, (rows: Row[]) => void][] = [
  ['an entry edited', (rows) => (rows[4]!.text = rows[4]!.text.replace('"n":4', '"n":5'))],
  ['an entry deleted', (rows) => rows.splice(4, 1)],
  ['entries reordered', (rows) => rows.splice(4, 2, rows[5]!, rows[4]!)],
  ['a backdated entry inserted', (rows) => rows.splice(4, 0, { salt: rows[4]!.salt, text: late })],
]

describe('an insider who has the files and the secret key', () => {
  /** What a client remembers of the honest log. */
  async function pinned(dir: string) {
    const log = await openLog(dir, LIVE)
    const { origin: _, size, root } = log.head(log.publishedSize)
    await log.close()
    return { size, root: Buffer.from(root, 'base64') }
  }

  /** Whether the log in `dir`, published once more, continues what the client remembers. */
  async function continues(dir: string, older: { size: number; root: Uint8Array }) {
    const log = await openLog(dir, LIVE)
    await log.publish(9)
    const newer = {
      size: log.publishedSize,
      root: Buffer.from(log.head(log.publishedSize).root, 'base64'),
    }
    const path = newer.size < older.size ? [] : log.consistency(older.size)
    await log.close()
    return provesConsistency(older, newer, path, nativeSha256)
  }

  it.each(tamperings)('[L3] %s and signed anew, is no continuation', async (_, tamper) => {
    const dir = await filledDir()
    const copy = freshDir(dir)
    const older = await pinned(dir)
    expect(await continues(dir, older)).toBe(true)
    rewrite(copy, tamper)
    rmSync(pathsIn(copy).checkpoint)
    removeTiles(copy)
    expect(await continues(copy, older)).toBe(false)
  })

  it('[L3] an old snapshot restored, whole and well signed, is refused by whoever saw more', async () => {
    const dir = await filledDir()
    const snapshot = freshDir(dir)
    const log = await openLog(dir, LIVE)
    for (let tick = 4; tick < 8; tick++) {
      await log.append([entry(tick)])
      await log.publish(tick)
    }
    await log.close()
    const older = await pinned(dir)
    rmSync(join(dir, 'ledger'), { recursive: true })
    cpSync(join(snapshot, 'ledger'), join(dir, 'ledger'), { recursive: true })
    expect(await continues(dir, older)).toBe(false)
  })

  it('[L8] a frame replayed behind the last one, with a check that fits, is refused', async () => {
    const dir = await filledDir()
    const paths = pathsIn(dir)
    const vkey = readFileSync(paths.publicKey, 'utf8').trim()
    const { leaves, check } = recover(nodeDisk, paths, LIVE.origin, vkey)
    const file = readFileSync(paths.log)
    const first = file.readUInt32LE(logHeader(LIVE.origin).length)
    const again = encodeFrame(check, 0, leaves.subarray(0, first * 33)).bytes
    writeFileSync(paths.log, Buffer.concat([file, again]))
    expect(await refusal(openLog(dir, LIVE))).toMatchObject({ code: 'frame-changed' })
    writeFileSync(paths.log, Buffer.concat([file, file.subarray(-(28 + 3 * 33))]))
    expect(await refusal(openLog(dir, LIVE))).toMatchObject({ code: 'frame-changed' })
  })

  it('[L8] an opening replayed in the place of another is refused, though its leaf exists', async () => {
    const dir = await filledDir()
    editOpenings(dir, (rows) => (rows[9] = rows[4]!.replace('"index":4', '"index":9')))
    expect(await refusal(openLog(dir, LIVE))).toEqual({ code: 'opening-changed', at: 9 })
  })
})

describe('a disk without room', () => {
  const child = fileURLToPath(new URL('./full-child.ts', import.meta.url))
  const run = promisify(execFile)

  /** After the refusal, with room again, all that was acknowledged is there, and more fits. */
  async function judge(dir: string, told: string) {
    const { acknowledged, code } = JSON.parse(told) as { acknowledged: number; code: string }
    expect(code).toBe('disk-failed')
    expect(acknowledged).toBeGreaterThan(0)
    const log = await openLog(dir, KILL)
    const kept = numbers(log)
    expect(kept).toEqual(kept.map((_, i) => i))
    expect(kept.length).toBeGreaterThanOrEqual(acknowledged)
    expect(await log.audit()).toMatchObject({ ok: true })
    await log.append([entry(kept.length)])
    await log.publish(99)
    await log.close()
  }

  it.skipIf(process.platform === 'win32')(
    '[L9] refuses what goes beyond the largest file allowed (EFBIG), and keeps the rest',
    async () => {
      const dir = freshDir()
      // Blocks of 512 bytes in some shells, of 1,024 in others.
      const limited = ['-c', 'ulimit -f 24; exec "$@"', 'sh', process.execPath, child, dir]
      const { stdout } = await run('sh', limited)
      expect(stdout).toContain('EFBIG')
      await judge(dir, stdout)
    },
  )

  it('[L9] refuses when the device is full (ENOSPC)', async ({ skip }) => {
    const small = freshDir()
    // Only root may mount, and not everywhere; elsewhere the test above stands for it.
    const options = ['-t', 'tmpfs', '-o', 'size=96k', 'tmpfs', small]
    if (process.platform !== 'linux' || spawnSync('mount', options).status !== 0) {
      return skip('no small file system can be mounted here')
    }
    try {
      const { stdout } = await run(process.execPath, [child, small])
      expect(stdout).toContain('ENOSPC')
      await judge(freshDir(small), stdout)
    } finally {
      spawnSync('umount', [small])
    }
  })
})
