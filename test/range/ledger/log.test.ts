import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseCheckpoint, parseNote } from '../../../range/ledger/checkpoint.ts'
import { LEAF_BYTES } from '../../../range/ledger/leaf.ts'
import { verifyProof } from '../../../range/ledger/proof.ts'
import { nativeTools } from '../../../range/server/ledger/native.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { entry, filledDir, freshDir, LIVE, numbers, refusal } from './rig.ts'

describe('appending', () => {
  it('[L5] gives consecutive indexes, batches whole, in the order handed in', async () => {
    const log = await openLog(freshDir(), LIVE)
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, i) => log.append([entry(2 * i), entry(2 * i + 1)])),
    )
    expect(results.map((r) => r.first)).toEqual(results.map((_, i) => 2 * i))
    expect(numbers(log)).toEqual(Array.from({ length: 400 }, (_, i) => i))
    await log.close()
  })

  it('[L5] refuses what is no JSON, too large, empty or too many, and takes nothing of it', async () => {
    const log = await openLog(freshDir(), LIVE)
    const check = async (batch: readonly { kind: string }[], expected: object) =>
      expect(await refusal(log.append(batch))).toEqual(expected)
    await check([], { code: 'batch-refused' })
    await check(Array(4097).fill(entry(1)), { code: 'batch-refused' })
    await check([entry(1), { kind: 'input', n: NaN } as never], { code: 'not-json', at: 1 })
    await check([{ kind: 'input', n: 1n } as never], { code: 'not-json', at: 0 })
    await check([{ kind: '\ud800' }], { code: 'not-json', at: 0 })
    await check([{ kind: 'x'.repeat(65_536) }], { code: 'not-json', at: 0 })
    expect(log.size).toBe(0)
    await log.close()
    expect(await refusal(log.append([entry(1)]))).toEqual({ code: 'closed' })
  })

  it('[L6] is fenced once somebody else has opened the log', async () => {
    const dir = freshDir()
    const older = await openLog(dir, LIVE)
    await older.append([entry(0)])
    const newer = await openLog(dir, LIVE)
    expect(newer.fence).toBe(older.fence + 1)
    expect(await refusal(older.append([entry(1)]))).toEqual({ code: 'fenced' })
    expect(await refusal(older.publish(1))).toEqual({ code: 'fenced' })
    expect(await refusal(newer.append([entry(1)], older.fence))).toEqual({ code: 'fenced' })
    await newer.append([entry(1)])
    expect(numbers(newer)).toEqual([0, 1])
    await newer.close()
  })
})

describe('publishing', () => {
  it('[L10] shows sixteen leaves a tick whatever happened; a surplus waits', async () => {
    const log = await openLog(freshDir(), LIVE)
    const sizes: number[] = []
    for (const inputs of [0, 3, 16, 40, 0, 0]) {
      if (inputs > 0) await log.append(Array.from({ length: inputs }, (_, i) => entry(i)))
      sizes.push((await log.publish(sizes.length)).size)
    }
    expect(sizes).toEqual([16, 32, 48, 64, 80, 96])
    expect(log.size).toBe(96)
    expect(log.leaf(95)).toHaveLength(LEAF_BYTES)
    await log.append([entry(1)])
    expect(log.leaf(96)).toBeUndefined()
    expect(log.prove(96)).toBeUndefined()
    expect(log.tile({ level: 0, index: 0, width: 97 })).toBeUndefined()
    await log.close()
  })

  it('[L10] makes leaves of one length that show neither kind nor repetition', async () => {
    const log = await openLog(freshDir(), LIVE)
    await log.append([entry(1), entry(1), { kind: 'digest' }])
    await log.publish(1)
    const leaves = Array.from({ length: 16 }, (_, i) => Buffer.from(log.leaf(i)!).toString('hex'))
    expect(new Set(leaves).size).toBe(16)
    expect(new Set(leaves.map((leaf) => `${leaf.length} ${leaf.slice(0, 2)}`)).size).toBe(1)
    await log.close()
  })

  it('[L11] signs a checkpoint that a proof leads to, for every entry', async () => {
    const log = await openLog(freshDir(), LIVE)
    for (let tick = 0; tick < 20; tick++) {
      await log.append([entry(tick)])
      await log.publish(tick)
    }
    for (let index = 0; index < log.publishedSize; index++) {
      expect(verifyProof(log.prove(index)!, log.vkey, nativeTools)).toMatchObject({
        ok: true,
        index,
      })
    }
    await log.close()
  })

  it('[L12] keeps openings to itself until the end, then shows all', async () => {
    const log = await openLog(freshDir(), LIVE)
    await log.append(Array.from({ length: 20 }, (_, i) => entry(i)))
    await log.publish(1)
    expect(log.publicOpenings()).toBeUndefined()
    expect((await log.seal(2)).size).toBe(32)
    expect(log.publicOpenings()?.toString().trim().split('\n')).toHaveLength(32)
    expect(await refusal(log.append([entry(1)]))).toEqual({ code: 'sealed' })
    expect(await refusal(log.publish(3))).toEqual({ code: 'sealed' })
    await log.close()
  })

  it('[L13] erases an opening and keeps every proof of others', async () => {
    const dir = freshDir()
    const log = await openLog(dir, LIVE)
    await log.append([entry(0), entry(1), entry(2)])
    await log.publish(1)
    await log.erase(1)
    expect(numbers(log)).toEqual([0, 2])
    expect(log.prove(1)).toBeUndefined()
    expect(await log.audit()).toEqual({ ok: true, count: 16 })
    await log.close()
    expect(readFileSync(join(dir, 'ledger/openings.jsonl'), 'utf8')).not.toContain('"n":1')
    const again = await openLog(dir, LIVE)
    expect(verifyProof(again.prove(2)!, again.vkey, nativeTools)).toMatchObject({ ok: true })
    await again.close()
  })
})

describe('a simulated log', () => {
  async function run(seed: string) {
    const dir = freshDir()
    const log = await openLog(dir, { origin: 'simulated/p2', mode: { seed } })
    for (let tick = 0; tick < 300; tick++) {
      await log.append([entry(tick), { kind: 'digest' }])
      if (tick % 50 === 0) await log.publish(tick)
    }
    await log.seal(300)
    await log.close()
    const files = [
      'log',
      'openings.jsonl',
      'checkpoint',
      'key.pub',
      'tile/0/000',
      'tile/entries/000',
    ]
    return files.map((file) => readFileSync(join(dir, 'ledger', file)).toString('base64'))
  }

  it('[L14] is the same byte for byte from the same seed, and another from another', async () => {
    const [a, b, c] = [await run('7'), await run('7'), await run('8')]
    expect(a).toEqual(b)
    expect(a?.map((file, i) => file === c?.[i])).toEqual([false, false, false, false, false, false])
  })

  it('[L14] begins anew in a folder an earlier run left, and never in a live one', async () => {
    const options = { origin: 'simulated/p2', mode: { seed: '7' } }
    const dir = freshDir()
    for (let run = 0; run < 2; run++) {
      const log = await openLog(dir, options)
      await log.append([entry(run)])
      expect((await log.seal(1)).size).toBe(1)
      expect(numbers(log)).toEqual([run])
      await log.close()
    }
    const live = await filledDir()
    expect(await refusal(openLog(live, options))).toEqual({ code: 'origin-refused' })
    expect((await openLog(live, LIVE)).size).toBe(38)
  })

  it('[L14] says so in its origin, and a live one may not', async () => {
    const dir = freshDir()
    const wrong = { origin: 'doorstep.local/x', mode: { seed: '1' } }
    expect(await refusal(openLog(dir, wrong))).toEqual({ code: 'origin-refused' })
    const liar = { origin: 'simulated/x', mode: 'live' as const }
    expect(await refusal(openLog(dir, liar))).toEqual({ code: 'origin-refused' })
  })
})

describe('auditing a running log', () => {
  type Edit = (dir: string) => void
  const edits: [string, object, Edit][] = [
    [
      'an opening edited',
      { changed: 4, what: 'opening' },
      edit('openings.jsonl', '"n":4', '"n":5'),
    ],
    ['an opening dropped', { changed: 4, what: 'missing' }, line((rows) => rows.splice(4, 1))],
    ['two exchanged', { changed: 4, what: 'reordered' }, line((r) => r.splice(4, 2, r[5]!, r[4]!))],
    ['the tail cut off', { changed: 30, what: 'missing' }, line((rows) => rows.splice(30))],
    ['a leaf changed', { changed: 0, what: 'leaf' }, leafBit],
  ]
  it.each(edits)('[L15] names the entry: %s', async (_, expected, apply) => {
    const dir = await filledDir()
    const log = await openLog(dir, LIVE)
    expect(await log.audit()).toEqual({ ok: true, count: log.size })
    apply(dir)
    expect(await log.audit()).toMatchObject({ ok: false, ...expected })
    await log.close()
  })

  it('[L15] looks at the file by name: a removed log is missing from entry 0', async () => {
    const dir = await filledDir()
    const log = await openLog(dir, LIVE)
    writeFileSync(join(dir, 'ledger/log'), '')
    expect(await log.audit()).toMatchObject({ ok: false, changed: 0 })
    await log.close()
  })
})

it('[L11] claims no time but in its own line, and origin and size as C2SP writes them', async () => {
  const log = await openLog(freshDir(), { ...LIVE, now: () => 1_800_000_000_000 })
  const { note } = await log.publish(0)
  const body = parseCheckpoint(parseNote(note)!.text)
  expect(body).toMatchObject({ origin: LIVE.origin, size: 16, time: 1_800_000_000_000 })
  await log.close()
})

function edit(file: string, from: string, to: string): (dir: string) => void {
  return (dir) => {
    const path = join(dir, 'ledger', file)
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
  }
}

function line(change: (rows: string[]) => void): (dir: string) => void {
  return (dir) => {
    const path = join(dir, 'ledger/openings.jsonl')
    const rows = readFileSync(path, 'utf8').split('\n').slice(0, -1)
    change(rows)
    writeFileSync(path, `${rows.join('\n')}\n`)
  }
}

function leafBit(dir: string): void {
  const path = join(dir, 'ledger/log')
  const bytes = readFileSync(path)
  bytes[bytes.indexOf(0x0a) + 1 + 28 + 5]! ^= 4
  writeFileSync(path, bytes)
}
