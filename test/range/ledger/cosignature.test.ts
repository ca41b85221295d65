import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseVkey, verifyCheckpoint, parseNote } from '../../../range/ledger/checkpoint.ts'
import { findCosignature, parseWitnessVkey } from '../../../range/ledger/cosignature.ts'
import { readCosignature } from '../../../range/ledger/cosignature.ts'
import { verifyEd25519 } from '../../../range/ledger/ed25519.ts'
import { isWitnessed, majority } from '../../../range/ledger/quorum.ts'
import { sha256 } from '../../../range/ledger/sha256.ts'
import { nativeSha256, nativeTools } from '../../../range/server/ledger/native.ts'
import { cosigned, history, logKey, noteOf, NOW, witnessKey } from './witness-rig.ts'

const note = noteOf(history(9), 9)
const key = witnessKey(1)
const keys = [1, 2, 3, 4, 5].map((byte) => witnessKey(byte))
const vkeys = keys.map(({ vkey }) => vkey)

/** The last line's signature under another time than was signed. */
function withTime(text: string, time: number): string {
  const words = text.trimEnd().split(' ')
  const bytes = Buffer.from(words.pop()!, 'base64')
  bytes.writeBigUInt64BE(BigInt(time), 4)
  return `${words.join(' ')} ${bytes.toString('base64')}\n`
}

describe('a cosignature', () => {
  it('[L24] is the line of the example in C2SP tlog-cosignature, in length and parts', () => {
    const example = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`
    const [line] = parseNote(example)!.signatures
    expect(readCosignature(line!)).toMatchObject({
      name: 'witness.example.com/w1',
      time: 1_679_315_147,
    })
  })

  it('[L24] signs two lines and the whole text, which node:crypto checks by itself', () => {
    const signed = cosigned(note, [key], 1_679_315_147)
    const bytes = Buffer.from(signed.trimEnd().split(' ').at(-1)!, 'base64')
    expect(bytes.length).toBe(76)
    expect(bytes.readBigUInt64BE(4)).toBe(1_679_315_147n)
    const { publicKey } = parseWitnessVkey(key.vkey, nativeSha256)!
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), publicKey])
    const text = `cosignature/v1\ntime 1679315147\n${note.split('\n\n')[0]}\n`
    const imported = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    expect(verify(null, Buffer.from(text), imported, bytes.subarray(12))).toBe(true)
  })

  it('[L24] is found, natively and in plain JavaScript, beside the signature of the log', () => {
    const signed = cosigned(note, keys)
    for (const tools of [nativeTools, { sha256, verify: verifyEd25519 }]) {
      expect(findCosignature(signed, key.vkey, tools)?.time).toBe(NOW / 1000)
    }
    expect(verifyCheckpoint(signed, logKey().vkey, nativeTools)).toMatchObject({ ok: true })
  })

  it('[L24] has a key of a type of its own: neither kind passes for the other', () => {
    expect(parseVkey(key.vkey, nativeSha256)).toBeUndefined()
    expect(parseWitnessVkey(logKey().vkey, nativeSha256)).toBeUndefined()
    expect(parseWitnessVkey(key.vkey.replace('example/1', 'example/2'), nativeSha256)).toBe(
      undefined,
    )
  })

  it.each([
    ['another text', (text: string) => text.replace('\n9\n', '\n8\n')],
    ['another witness', (text: string) => text.replaceAll('witness.example/1 ', 'w.example/1 ')],
    ['a changed time', (text: string) => withTime(text, NOW / 1000 + 1)],
  ])('[L24] does not hold for %s', (_, change) => {
    const changed = change(cosigned(note, [key]))
    expect(changed).not.toBe(cosigned(note, [key]))
    expect(findCosignature(changed, key.vkey, nativeTools)).toBeUndefined()
  })
})

describe('a quorum', () => {
  const policy = { witnesses: vkeys, quorum: 3, oneOf: [vkeys[0]!] }
  const by = (...names: number[]) =>
    cosigned(
      note,
      names.map((n) => witnessKey(n)),
    )

  it('[L28] is reached by k of n with one of the named, and not with one less', () => {
    expect(isWitnessed(by(1, 2, 3), policy, nativeTools, NOW)).toMatchObject({ ok: true })
    expect(isWitnessed(by(1, 2), policy, nativeTools, NOW)).toMatchObject({ ok: false })
    expect(isWitnessed(by(2, 3, 4, 5), policy, nativeTools, NOW)).toMatchObject({
      ok: false,
      named: false,
    })
  })

  it('[L28] counts a key once and strangers not at all', () => {
    expect(isWitnessed(by(1, 1, 1, 6, 7), policy, nativeTools, NOW).by).toHaveLength(1)
    const renamed = witnessKey(1, 'witness.example/another')
    const twice = { ...policy, witnesses: [...vkeys, renamed.vkey] }
    const signed = cosigned(by(1), [renamed])
    expect(isWitnessed(signed, twice, nativeTools, NOW).by).toHaveLength(1)
  })

  it('[L28] does not count what a clock a day off signed', () => {
    for (const days of [-1, 1]) {
      const signed = cosigned(note, keys, NOW / 1000 + days * 86_400)
      expect(isWitnessed(signed, policy, nativeTools, NOW).by).toHaveLength(0)
    }
  })

  it('[L28] two majorities always share a witness', () => {
    for (let n = 2; n <= 200; n++) expect(2 * majority(n)).toBeGreaterThan(n)
    expect(majority(0)).toBe(2)
  })
})
