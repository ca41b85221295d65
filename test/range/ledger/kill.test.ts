import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { verifyProof } from '../../../range/ledger/proof.ts'
import { nativeTools } from '../../../range/server/ledger/native.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { LIVE } from './kill-load.ts'
import { freshDir } from './rig.ts'

const child = fileURLToPath(new URL('./kill-child.ts', import.meta.url))

/**
 * Runs the load over `dir`, kills it hard after `acks` acknowledgements, and returns what was
 * acknowledged.
 */
function runAndKill(dir: string, acks: number): Promise<Set<number>> {
  return new Promise((resolve, reject) => {
    const acknowledged = new Set<number>()
    let rest = ''
    const running = spawn(process.execPath, [child, dir], { stdio: ['ignore', 'pipe', 'pipe'] })
    let complaint = ''
    running.stderr.on('data', (data: Buffer) => (complaint += data.toString()))
    running.stdout.on('data', (data: Buffer) => {
      const rows = (rest + data.toString()).split('\n')
      rest = rows.pop() ?? ''
      for (const row of rows) acknowledged.add(Number(row))
      if (acknowledged.size >= acks) running.kill('SIGKILL')
    })
    running.on('close', (_, signal) =>
      signal === 'SIGKILL' ? resolve(acknowledged) : reject(new Error(complaint)),
    )
  })
}

it('[L7] ten kills -9 under load lose nothing acknowledged and split no batch', async () => {
  const dir = freshDir()
  const everAcknowledged = new Set<number>()
  let signedBefore = 0
  for (let run = 0; run < 10; run++) {
    for (const n of await runAndKill(dir, 40 + 53 * run)) everAcknowledged.add(n)
    const log = await openLog(dir, LIVE)
    const kept = [...log.entries()].map((row) => (row.entry as unknown as { n: number }).n)
    for (let i = 0; i < kept.length; i += 2) expect(kept[i]).toBe(kept[i + 1])
    const there = new Set(kept)
    for (const n of everAcknowledged) expect(there.has(n), `${n} was acknowledged`).toBe(true)
    expect(log.publishedSize).toBeGreaterThanOrEqual(signedBefore)
    signedBefore = log.publishedSize
    const proof = signedBefore === 0 ? undefined : log.prove(signedBefore - 1)
    if (proof !== undefined) {
      expect(verifyProof(proof, log.vkey, nativeTools)).toMatchObject({ ok: true })
    }
    expect(await log.audit()).toMatchObject({ ok: true })
    await log.close()
  }
  expect(signedBefore).toBeGreaterThan(0)
}, 60_000)
