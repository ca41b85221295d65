import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verifyEd25519 } from '../../../range/ledger/ed25519.ts'
import { leafOf, openingOf, opens, parseOpening } from '../../../range/ledger/leaf.ts'
import { verifyProof } from '../../../range/ledger/proof.ts'
import { sha256 } from '../../../range/ledger/sha256.ts'
import { nativeTools } from '../../../range/server/ledger/native.ts'

interface Vector {
  readonly name: string
  readonly vkey: string
  readonly proof: string
  readonly expected: string
}

const file = new URL('../../vectors/ledger-proofs.json', import.meta.url)
const vectors: readonly Vector[] = JSON.parse(readFileSync(file, 'utf8'))
const plain = { sha256, verify: verifyEd25519 }

describe('a proof file', () => {
  it.each(vectors)('[L11] $name', ({ proof, vkey, expected }) => {
    for (const tools of [nativeTools, plain]) {
      const result = verifyProof(proof, vkey, tools)
      expect(result.ok ? 'ok' : result.code).toBe(expected)
    }
  })

  it('[L11] stands or falls with every one of its characters', () => {
    const { proof, vkey } = vectors.find((vector) => vector.expected === 'ok')!
    // The signed text, the opening, index and path all count; so does the own signature.
    const place = fc.integer({ min: 0, max: proof.length - 1 })
    fc.assert(
      fc.property(place, fc.integer({ min: 0x20, max: 0x7e }), (at, code) => {
        const bent = proof.slice(0, at) + String.fromCharCode(code) + proof.slice(at + 1)
        if (bent === proof) return
        expect(verifyProof(bent, vkey, nativeTools).ok).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })

  it('[L11] fails when cut anywhere', () => {
    const { proof, vkey } = vectors.find((vector) => vector.expected === 'ok')!
    for (let size = 0; size < proof.length; size++) {
      expect(verifyProof(proof.slice(0, size), vkey, nativeTools).ok).toBe(false)
    }
  })
})

describe('an opening', () => {
  const salt = new Uint8Array(32).fill(7)
  it('[L10] opens its leaf and no other, whatever the order of keys', () => {
    const leaf = leafOf(openingOf(salt, { kind: 'input', b: 1, a: 2 } as never), sha256)!
    const same = parseOpening(
      `{"salt":"${Buffer.from(salt).toString('base64')}","entry":{"a":2,"kind":"input","b":1}}`,
    )!
    expect(opens(same, leaf, sha256)).toBe(true)
    expect(opens({ ...same, entry: { kind: 'input' } }, leaf, sha256)).toBe(false)
    expect(
      opens(
        openingOf(
          salt.map((b) => b ^ 1),
          same.entry,
        ),
        leaf,
        sha256,
      ),
    ).toBe(false)
  })

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"salt":"AA==","entry":{"kind":"a"}}',
    '{"salt":1,"entry":{}}',
  ])('[L10] is refused when malformed: %s', (text) => expect(parseOpening(text)).toBeUndefined())
})
