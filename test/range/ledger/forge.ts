import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LEAF_BYTES, sealLeaf } from '../../../range/ledger/leaf.ts'
import { encodeFrame, firstCheck, logHeader } from '../../../range/server/ledger/frame.ts'
import { storedLeaves } from '../../../range/server/ledger/audit.ts'
import { nativeSha256 } from '../../../range/server/ledger/native.ts'
import { LIVE } from './rig.ts'

/** Rewrites lines of `openings.jsonl` as a text editor would. */
export function editOpenings(dir: string, change: (rows: string[]) => void): void {
  const path = join(dir, 'ledger/openings.jsonl')
  const rows = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  change(rows)
  writeFileSync(path, `${rows.join('\n')}\n`)
}

/**
 * An insider who knows the format: rewrites the leaves, with frames and checks as the server would
 * have written them.
 */
export function forgeLog(
  dir: string,
  change: (leaves: Buffer[]) => void,
  origin = LIVE.origin,
): void {
  const path = join(dir, 'ledger/log')
  const stored = Buffer.from(storedLeaves(readFileSync(path), origin))
  const leaves = Array.from({ length: stored.length / LEAF_BYTES }, (_, i) =>
    stored.subarray(i * LEAF_BYTES, (i + 1) * LEAF_BYTES),
  )
  change(leaves)
  const header = logHeader(origin)
  const parts = [header]
  let check = firstCheck(header)
  leaves.forEach((leaf, index) => {
    const frame = encodeFrame(check, index, leaf)
    parts.push(frame.bytes)
    check = frame.check
  })
  writeFileSync(path, Buffer.concat(parts))
}

/** Replaces an entry in log and openings alike, under a salt of one's own. */
export function forgeEntry(dir: string, index: number, entry: string): void {
  const salt = Buffer.alloc(32, 9)
  forgeLog(dir, (leaves) => (leaves[index] = Buffer.from(sealLeaf(salt, entry, nativeSha256))))
  editOpenings(dir, (rows) => {
    rows[index] = `{"index":${index},"salt":"${salt.toString('base64')}","entry":${entry}}`
  })
}

export function removeTiles(dir: string): void {
  for (const name of readdirSync(join(dir, 'ledger'))) {
    if (name === 'tile') rmSync(join(dir, 'ledger', name), { recursive: true })
  }
}
