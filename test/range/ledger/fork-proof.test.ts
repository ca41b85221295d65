import { describe, expect, it } from 'vitest'
import { formatForkProof, verifyForkProof } from '../../../range/ledger/fork-proof.ts'
import { prefixPath } from '../../../range/ledger/tree.ts'
import { nativeSha256, nativeTools } from '../../../range/server/ledger/native.ts'
import { cosigned, history, logKey, noteOf, witnessKey } from './witness-rig.ts'

const { vkey } = logKey()
const [one, other] = [history(20), history(20, 6)]

function proofOf(older: string, newer: string, path: Uint8Array[] = []): string {
  return formatForkProof({ vkey, older, newer, path })
}
const code = (text: string, key = vkey) => {
  const result = verifyForkProof(text, key, nativeTools)
  return result.ok ? result.kind : result.code
}

describe('a fork proof', () => {
  const same = proofOf(noteOf(one, 16), noteOf(other, 16))
  const grown = proofOf(
    noteOf(one, 11),
    noteOf(other, 20),
    prefixPath(11, 20, other.node, nativeSha256),
  )

  it('[L29] stands alone: two roots at one size, or a newer tree over another beginning', () => {
    expect(code(same)).toBe('two-roots-at-one-size')
    expect(code(grown)).toBe('older-is-no-beginning')
  })

  it('[L29] accuses nobody who signed one history', () => {
    const path = prefixPath(11, 20, one.node, nativeSha256)
    expect(code(proofOf(noteOf(one, 11), noteOf(one, 20), path))).toBe('no-fork')
    expect(code(proofOf(noteOf(one, 11), noteOf(one, 11)))).toBe('no-fork')
    const untrue = prefixPath(11, 20, other.node, nativeSha256)
    expect(code(proofOf(noteOf(one, 11), noteOf(one, 20), untrue))).toBe('path-beside-root')
    expect(code(proofOf(noteOf(one, 11), noteOf(one, 20)))).toBe('path-beside-root')
    expect(code(proofOf(noteOf(one, 0), noteOf(one, 20)))).toBe('no-fork')
  })

  it('[L29] needs the signature of the accused under both, judged by the key one brings', () => {
    const foreign = noteOf(other, 16, { key: logKey(8) })
    expect(code(proofOf(noteOf(one, 16), foreign))).toBe('unknown-key')
    expect(code(same, logKey(8).vkey)).toBe('unknown-key')
    expect(code(same, 'no key')).toBe('key-malformed')
  })

  it('[L29] takes along the cosignatures of whoever was deceived', () => {
    const keys = [1, 2].map((byte) => witnessKey(byte))
    expect(code(proofOf(cosigned(noteOf(one, 16), keys), noteOf(other, 16)))).toBe(
      'two-roots-at-one-size',
    )
  })

  it.each([
    ['nothing', ''],
    ['another header', same.replace('@v1', '@v2')],
    ['a cut tail', same.slice(0, -10)],
    ['a line too much', `${same}more\n`],
    ['a hash cut short', grown.replace(/^([A-Za-z0-9+/]{43})=$/m, '$1')],
    ['64 KiB of it', same + 'x'.repeat(65_536)],
  ])('[L29] refuses %s as malformed', (_, text) => {
    expect(code(text)).toBe('fork-proof-malformed')
  })

  it('[L29] proves nothing any more when a character of the signed parts changes', () => {
    const from = grown.indexOf('\n\n') + 2
    for (let at = from; at < grown.length; at += 7) {
      const swapped = grown[at] === 'A' ? 'B' : 'A'
      const changed = grown.slice(0, at) + swapped + grown.slice(at + 1)
      expect(verifyForkProof(changed, vkey, nativeTools).ok, `character ${at}`).toBe(false)
    }
  })
})
