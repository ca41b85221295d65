import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openLog } from '../../../range/server/ledger/open.ts'
import { handleLedgerRequest } from '../../../range/server/ledger/http.ts'
import { readPublished, type PublishedLog } from '../../../range/server/ledger/published.ts'
import { ledgerProve, ledgerVerify } from '../../../range/server/cli/ledger.ts'
import { editOpenings, forgeEntry, forgeLog, removeTiles } from './forge.ts'
import { entry, filledDir, freshDir, LIVE } from './rig.ts'

interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function verify(
  target: string,
  options: { json?: boolean; key?: string } = {},
): Promise<Said> {
  const [out, err]: [string[], string[]] = [[], []]
  const io = { out: (line: string) => out.push(line), err: (line: string) => err.push(line) }
  const code = await ledgerVerify(target, options, io)
  return { code, out: out.join('\n'), err: err.join('\n') }
}

describe('doorstep ledger verify, over a folder', () => {
  it('[L16] says that nothing was changed, and exits 0', async () => {
    const dir = await filledDir()
    for (const target of [dir, join(dir, 'ledger')]) {
      const said = await verify(target)
      expect(said).toMatchObject({ code: 0, err: '' })
      expect(said.out).toContain('all 32 signed entries are unchanged, 6 more are stored')
    }
  })

  const forged = '{"kind":"input","n":4,"seat":"defender-1","time":1}'
  const tamperings: [string, string, (dir: string) => void][] = [
    [
      'an opening edited',
      'entry 4 was changed',
      (dir) => editOpenings(dir, (rows) => (rows[4] = rows[4]!.replace('"n":4', '"n":5'))),
    ],
    ['an opening dropped', 'entry 4 is missing', (dir) => editOpenings(dir, (r) => r.splice(4, 1))],
    [
      'two openings exchanged',
      'entry 4 stands in another place',
      (dir) => editOpenings(dir, (rows) => rows.splice(4, 2, rows[5]!, rows[4]!)),
    ],
    [
      'a leaf and its frame forged',
      'entry 4 was changed',
      (dir) => forgeLog(dir, (leaves) => (leaves[4] = Buffer.alloc(33, 1))),
    ],
    [
      'a leaf dropped, frames forged',
      'entry 4 is missing',
      (dir) => forgeLog(dir, (leaves) => leaves.splice(4, 1)),
    ],
    [
      'two leaves exchanged, frames forged',
      'entry 4 stands in another place',
      (dir) => forgeLog(dir, (leaves) => leaves.splice(4, 2, leaves[5]!, leaves[4]!)),
    ],
    [
      'a backdated entry inserted',
      'entry 4 stands in another place',
      (dir) => forgeLog(dir, (leaves) => leaves.splice(4, 0, Buffer.alloc(33, 1))),
    ],
    [
      'the tail cut off',
      'entry 20 is missing',
      (dir) => forgeLog(dir, (leaves) => leaves.splice(20)),
    ],
    ['log and opening forged to fit', 'entry 4 was changed', (dir) => forgeEntry(dir, 4, forged)],
    [
      'log and tiles gone',
      'entry 0 is missing',
      (dir) => {
        rmSync(join(dir, 'ledger/log'))
        removeTiles(dir)
      },
    ],
    [
      'everything forged, tiles gone',
      'nothing left tells where',
      (dir) => {
        forgeEntry(dir, 4, forged)
        removeTiles(dir)
      },
    ],
    [
      'a bit flipped in the log',
      'frame 0 of the log file was changed',
      (dir) => {
        const path = join(dir, 'ledger/log')
        const bytes = readFileSync(path)
        bytes[bytes.indexOf(0x0a) + 40]! ^= 1
        writeFileSync(path, bytes)
      },
    ],
    [
      'the checkpoint edited',
      'refused: bad-signature',
      (dir) => {
        const path = join(dir, 'ledger/checkpoint')
        writeFileSync(path, readFileSync(path, 'utf8').replace('\n32\n', '\n31\n'))
      },
    ],
    [
      'a tile changed',
      'tile/0/000.p/32 is not what the log says',
      (dir) => {
        writeFileSync(join(dir, 'ledger/tile/0/000.p/32'), Buffer.alloc(32 * 32))
      },
    ],
  ]
  it.each(tamperings)('[L16] %s: exits 1 and names it', async (_, sentence, tamper) => {
    const dir = await filledDir()
    tamper(dir)
    const said = await verify(dir)
    expect(said.out).toContain(sentence)
    expect(said.code).toBe(1)
    const json = JSON.parse((await verify(dir, { json: true })).out)
    expect(json.ok).toBe(false)
    expect(json.problems.length).toBeGreaterThan(0)
  })

  it('[L16] with a pinned key, refuses a log signed anew by somebody else', async () => {
    const [dir, other] = [await filledDir(), await filledDir()]
    const key = readFileSync(join(dir, 'ledger/key.pub'), 'utf8').trim()
    expect(await verify(dir, { key })).toMatchObject({ code: 0 })
    const said = await verify(other, { key })
    expect(said.code).toBe(1)
    expect(said.out).toContain('refused: unknown-key')
    expect(await verify(other, { key: join(dir, 'ledger/key.pub') })).toMatchObject({ code: 1 })
  })

  it('[L16] exits 2 with one line where there is no ledger', async () => {
    const said = await verify(freshDir())
    expect(said).toMatchObject({ code: 2, out: '' })
    expect(said.err.split('\n')).toHaveLength(1)
    expect(await verify('/nowhere/at/all')).toMatchObject({ code: 2 })
  })
})

describe('doorstep ledger prove', () => {
  it('[L16] writes a proof file that verify accepts with the key, and only with it', async () => {
    const dir = await filledDir()
    const path = join(dir, 'entry.tlog-proof')
    expect(ledgerProve(dir, 5, { out: path })).toBe(0)
    const key = join(dir, 'ledger/key.pub')
    const said = await verify(path, { key })
    expect(said.code).toBe(0)
    expect(said.out).toContain('"n":5')
    expect(await verify(path)).toMatchObject({ code: 2 })
    writeFileSync(path, readFileSync(path, 'utf8').replace('index 5', 'index 6'))
    expect(await verify(path, { key })).toMatchObject({ code: 1, out: 'not proven: root-differs' })
    const quiet = { out: () => undefined, err: () => undefined }
    expect(ledgerProve(dir, 35, {}, quiet)).toBe(2)
    expect(ledgerProve(freshDir(), 0, {}, quiet)).toBe(2)
  })
})

describe('over plain HTTP', () => {
  async function serve<T>(logs: Map<string, PublishedLog>, use: (base: string) => Promise<T>) {
    const server = createServer((req, res) => {
      if (!handleLedgerRequest(req, res, logs)) res.writeHead(418).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/ledger`)
    } finally {
      server.close()
      server.closeAllConnections()
    }
  }

  it('[L17] a stranger audits a running log from its tiles', async () => {
    const log = await openLog(freshDir(), LIVE)
    for (let tick = 0; tick < 40; tick++) {
      await log.append([entry(tick)])
      await log.publish(tick)
    }
    await serve(new Map([['K7QX2M', log]]), async (base) => {
      expect(await verify(`${base}/K7QX2M`)).toMatchObject({ code: 0 })
      const openings = await fetch(`${base}/K7QX2M/openings.jsonl`)
      expect([openings.status, await openings.json()]).toEqual([
        403,
        { code: 'exercise-not-ended' },
      ])
      const status = async (path: string, method = 'GET') =>
        (await fetch(`${base}/${path}`, { method })).status
      expect(await status('K7QX2M/tile/0/000')).toBe(200)
      expect(await status('K7QX2M/tile/0/002.p/128')).toBe(200)
      expect(await status('K7QX2M/tile/0/002.p/129')).toBe(404)
      expect(await status('K7QX2M/tile/0/003')).toBe(404)
      expect(await status('K7QX2M/tile/7/000')).toBe(418)
      expect(await status('K7QX2M/log')).toBe(418)
      expect(await status('NOBODY/checkpoint')).toBe(404)
      expect(await status('K7QX2M/checkpoint', 'POST')).toBe(405)
      expect(await status('..%2fK7QX2M/checkpoint')).toBe(418)
    })
    await log.close()
  })

  it('[L17] an ended log is served from its folder, openings included', async () => {
    const dir = freshDir()
    const log = await openLog(dir, LIVE)
    await log.append([entry(0)])
    await log.seal(1)
    await log.close()
    await serve(new Map([['x', readPublished(dir)]]), async (base) => {
      expect(await verify(`${base}/x`)).toMatchObject({ code: 0 })
      const openings = await (await fetch(`${base}/x/openings.jsonl`)).text()
      expect(openings.split('\n')[0]).toContain('"n":0')
    })
  })

  it('[L17] names the entry a lying server changed in its bundle', async () => {
    const log = await openLog(freshDir(), LIVE)
    await log.publish(0)
    const liar: PublishedLog = {
      vkey: log.vkey,
      sealed: false,
      checkpoint: log.checkpoint,
      publishedSize: log.publishedSize,
      leaf: (index) => log.leaf(index),
      prove: (index) => log.prove(index),
      publicOpenings: () => undefined,
      tile(id) {
        const bytes = log.tile(id)
        if (bytes !== undefined && id.level === 'entries') bytes[35 * 3 + 9]! ^= 1
        return bytes
      },
    }
    await serve(new Map([['x', liar]]), async (base) => {
      const said = await verify(`${base}/x`)
      expect(said).toMatchObject({ code: 1 })
      expect(said.out).toContain('entry 3 was changed')
      expect(await verify(`${base}/nobody`)).toMatchObject({ code: 2 })
    })
    await log.close()
  })
})
