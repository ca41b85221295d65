import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LEAF_BYTES } from '../../../range/ledger/leaf.ts'
import { nodeDisk } from '../../../range/server/ledger/disk.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { pathsIn, recover } from '../../../range/server/ledger/recover.ts'
import {
  entry,
  failingDisk,
  filledDir,
  freshDir,
  LIVE,
  numbers,
  quickDisk,
  refusal,
} from './rig.ts'

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)

describe('a log that stopped anywhere', () => {
  it('[L7] keeps an exact prefix of whole batches, cut at every byte of the log', async () => {
    const dir = await filledDir()
    const paths = pathsIn(dir)
    const [whole, openings] = [readFileSync(paths.log), readFileSync(paths.openings)]
    const vkey = readFileSync(paths.publicKey, 'utf8').trim()
    const seen = new Set<number>()
    for (let size = 0; size <= whole.length; size++) {
      const files = new Map([
        [paths.log, whole.subarray(0, size)],
        [paths.openings, openings],
      ])
      const disk = { ...nodeDisk, read: (path: string) => files.get(path) }
      const { count, leaves, logEnd, openingsEnd } = recover(disk, paths, LIVE.origin, vkey)
      seen.add(count)
      expect(logEnd).toBeLessThanOrEqual(size)
      expect(leaves).toHaveLength(count * LEAF_BYTES)
      const lines = openings.subarray(0, openingsEnd).toString().split('\n')
      expect(lines).toHaveLength(count + 1)
    }
    // Six batches of three; two ticks of padding in between.
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 3, 6, 16, 19, 22, 32, 35, 38])
  })

  it('[L7] opens as that prefix, and audits clean, wherever it was cut', async () => {
    const dir = await filledDir()
    const paths = pathsIn(dir)
    const [whole, openings] = [readFileSync(paths.log), readFileSync(paths.openings)]
    rmSync(paths.checkpoint)
    for (let size = 0; size <= whole.length; size += 41) {
      writeFileSync(paths.log, whole.subarray(0, size))
      writeFileSync(paths.openings, openings)
      const log = await openLog(dir, { ...LIVE, disk: quickDisk })
      expect(numbers(log)).toEqual(upTo(numbers(log).length))
      expect(await log.audit()).toEqual({ ok: true, count: log.size })
      await log.close()
    }
  })

  it('[L7] goes on after a cut where it stopped, and indexes follow each other', async () => {
    const dir = await filledDir()
    const path = join(dir, 'ledger/openings.jsonl')
    truncateSync(path, readFileSync(path).length - 5)
    const log = await openLog(dir, LIVE)
    expect(numbers(log)).toEqual(upTo(15))
    await log.append([entry(15)])
    await log.close()
    const again = await openLog(dir, LIVE)
    expect(numbers(again)).toEqual(upTo(16))
    await again.close()
  })

  it('[L8] refuses to lose what a signed checkpoint covers', async () => {
    const dir = await filledDir()
    truncateSync(join(dir, 'ledger/log'), 400)
    expect(await refusal(openLog(dir, LIVE))).toMatchObject({ code: 'shorter-than-checkpoint' })
    rmSync(join(dir, 'ledger/log'))
    expect(await refusal(openLog(dir, LIVE))).toEqual({ code: 'shorter-than-checkpoint', at: 0 })
  })

  it('[L8] refuses one flipped bit in any byte of the log, naming the frame', async () => {
    const dir = await filledDir()
    const path = join(dir, 'ledger/log')
    const whole = readFileSync(path)
    const headerEnd = whole.indexOf(0x0a) + 1
    for (let at = 0; at < whole.length; at += 3) {
      const bent = Buffer.from(whole)
      bent[at]! ^= 1 << (at % 8)
      writeFileSync(path, bent)
      const result = await refusal(openLog(dir, LIVE))
      expect(result, `byte ${at}`).toMatchObject({
        code: at < headerEnd ? 'log-header' : 'frame-changed',
      })
      if (at >= headerEnd) expect(typeof result?.at).toBe('number')
    }
  })

  it('[L8] refuses one flipped bit in any opening, naming the entry', async () => {
    const dir = await filledDir()
    const path = join(dir, 'ledger/openings.jsonl')
    const whole = readFileSync(path)
    let line = 0
    for (let at = 0; at < whole.length; at++) {
      if (whole[at] === 0x0a) line += 1
      if (at % 11 !== 0 || whole[at] === 0x0a) continue
      const bent = Buffer.from(whole)
      bent[at]! ^= 1
      writeFileSync(path, bent)
      const result = await refusal(openLog(dir, LIVE))
      expect(result, `byte ${at}`).toEqual({ code: 'opening-changed', at: line })
    }
  })

  it('[L8] refuses any other spelling of a salt, naming the entry', async () => {
    const dir = await filledDir()
    const path = join(dir, 'ledger/openings.jsonl')
    const whole = readFileSync(path, 'utf8')
    const spellings: ((salt: string) => string)[] = [
      (salt) => salt.replaceAll('+', '-').replaceAll('/', '_'),
      (salt) => salt.slice(0, 42) + String.fromCharCode(salt.charCodeAt(42) + 1) + '=',
      (salt) => salt.slice(0, 43) + '.',
      (salt) => salt.slice(0, 43) + '==',
      (salt) => salt.slice(0, 43),
      (salt) => `${salt.slice(0, 20)} ${salt.slice(20)}`,
      (salt) => `${salt.slice(0, 43)}\t`,
    ]
    for (const spell of spellings) {
      const bent = whole.replaceAll(/"salt":"([^"]+)"/g, (_, salt: string) => {
        return `"salt":"${spell(salt)}"`
      })
      expect(bent).not.toBe(whole)
      writeFileSync(path, bent)
      expect(await refusal(openLog(dir, LIVE))).toMatchObject({ code: 'opening-changed' })
    }
  })

  it('[L8] refuses exchanged frames, a foreign origin, another key, a bent checkpoint', async () => {
    const dir = await filledDir()
    const other = { ...LIVE, origin: 'doorstep.local/exercise/OTHER' }
    expect(await refusal(openLog(dir, other))).toEqual({ code: 'key-refused' })
    const note = join(dir, 'ledger/checkpoint')
    writeFileSync(note, readFileSync(note, 'utf8').replace('\n32\n', '\n16\n'))
    expect(await refusal(openLog(dir, LIVE))).toEqual({ code: 'checkpoint-refused' })
    rmSync(join(dir, 'ledger.key'))
    expect(await refusal(openLog(dir, LIVE))).toEqual({ code: 'key-refused' })
  })
})

describe('a disk that fails', () => {
  const faults = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((at) => [
    ...[0, 0.5, 1].map((persisted) => ({ at, persisted, on: 'append' as const })),
    { at, persisted: 1, on: 'sync' as const },
  ])
  it.each(faults)(
    '[L9] at $on $at, $persisted persisted: nothing acknowledged is lost',
    async (fault) => {
      const dir = freshDir()
      const first = await openLog(dir, LIVE)
      await first.close()
      const log = await openLog(dir, { ...LIVE, disk: failingDisk(fault) })
      let acknowledged = 0
      let code: string | undefined
      for (let n = 0; n < 6 && code === undefined; n++) {
        code = (await refusal(log.append([entry(n)])))?.code
        if (code === undefined) acknowledged = n + 1
      }
      if (code !== undefined) {
        expect(code).toBe('disk-failed')
        expect(await refusal(log.append([entry(99)]))).toEqual({ code: 'disk-failed' })
        expect(await refusal(log.publish(1))).toEqual({ code: 'disk-failed' })
      }
      await log.close()
      const again = await openLog(dir, LIVE)
      const kept = numbers(again)
      expect(kept).toEqual(upTo(kept.length))
      expect(kept.length).toBeGreaterThanOrEqual(acknowledged)
      expect(kept.length).toBeLessThanOrEqual(acknowledged + 1)
      await again.append([entry(kept.length)])
      await again.publish(1)
      expect(again.prove(kept.length)).toBeDefined()
      await again.close()
    },
  )
})
