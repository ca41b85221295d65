import { describe, expect, it } from 'vitest'
import { verifyForkProof } from '../../../range/ledger/fork-proof.ts'
import { tilesForPrefix, nodesFromTiles } from '../../../range/ledger/tile-reader.ts'
import { tileBytes } from '../../../range/ledger/tile.ts'
import { prefixPath, prefixRoots, Tree } from '../../../range/ledger/tree.ts'
import { CLOCK_MS_MAX, witness, type WitnessState } from '../../../range/ledger/witness.ts'
import { nativeSha256, nativeTools } from '../../../range/server/ledger/native.ts'
import { history, logKey, noteOf, NOW, offerOf, ORIGIN } from './witness-rig.ts'

const DAY_MS = 86_400_000
const tree = history(40)

function pinnedAt(size: number): WitnessState {
  const outcome = witness(undefined, offerOf(tree, 0, size), NOW, nativeTools)
  if (!outcome.ok) throw new Error(outcome.refused)
  return outcome.state
}

describe('a witness', () => {
  it('[L25] cosigns the first checkpoint it sees, and each that continues what it knows', () => {
    let state: WitnessState | undefined
    for (const size of [1, 2, 3, 8, 8, 9, 16, 31, 40]) {
      const from = state === undefined ? 0 : Number(state.note.split('\n')[1])
      const outcome = witness(state, offerOf(tree, from, size), NOW, nativeTools)
      if (!outcome.ok) throw new Error(`${size}: ${outcome.refused}`)
      expect(outcome.cosign.text).toBe(noteOf(tree, size).split('\n\n')[0] + '\n')
      expect(outcome.cosign.time).toBe(NOW / 1000)
      state = outcome.state
    }
  })

  it('[L25] continues from an empty log, whose root is that of nothing', () => {
    const state = pinnedAt(0)
    expect(witness(state, offerOf(tree, 0, 5), NOW, nativeTools)).toMatchObject({ ok: true })
  })

  it('[L25] reads the path it needs out of tiles, for every pair of sizes', () => {
    const big = history(600)
    for (const size of [2, 255, 256, 257, 300, 512, 600]) {
      for (const from of [1, 2, 3, 128, 255, 256, 257, 511, 599].filter((n) => n < size)) {
        const tiles = new Map(
          tilesForPrefix(from, size).map((tile) => [
            `${tile.level}/${tile.index}`,
            tileBytes(tile, big.node),
          ]),
        )
        const read = nodesFromTiles((level, index) => tiles.get(`${level}/${index}`), nativeSha256)
        const path = prefixPath(from, size, read, nativeSha256)
        const roots = prefixRoots(from, size, path, nativeSha256)
        expect(Buffer.from(roots!.older).equals(big.root(from))).toBe(true)
        expect(Buffer.from(roots!.newer).equals(big.root(size))).toBe(true)
      }
    }
  })

  it.each([
    ['smaller-size', offerOf(tree, 16, 8)],
    ['bad-proof', { ...offerOf(tree, 16, 24), path: [] }],
    ['bad-proof', { ...offerOf(tree, 15, 24) }],
    ['bad-proof', { ...offerOf(tree, 16, 16), path: offerOf(tree, 8, 16).path }],
    ['new-log-identity', { ...offerOf(tree, 16, 24), vkey: logKey(8).vkey }],
    ['unknown-key', offerOf(tree, 16, 24, noteOf(tree, 24, { key: logKey(8) }))],
    ['wrong-origin', offerOf(tree, 16, 24, noteOf(tree, 24, { origin: `${ORIGIN}2` }))],
    ['bad-signature', offerOf(tree, 16, 24, noteOf(tree, 24).replace('\n24\n', '\n25\n'))],
    ['checkpoint-malformed', offerOf(tree, 16, 24, 'nothing of the kind')],
    ['clock-off', offerOf(tree, 16, 24, noteOf(tree, 24, { time: NOW + DAY_MS }))],
    ['clock-off', offerOf(tree, 16, 24, noteOf(tree, 24, { time: NOW - DAY_MS }))],
  ])('[L26] refuses %s, and stays with what it knows', (refused, offer) => {
    expect(witness(pinnedAt(16), offer, NOW, nativeTools)).toEqual({ ok: false, refused })
  })

  it('[L26] refuses when its own clock stands a day behind its last cosignature', () => {
    const outcome = witness(pinnedAt(16), offerOf(tree, 16, 24), NOW - DAY_MS, nativeTools)
    expect(outcome).toEqual({ ok: false, refused: 'clock-off' })
    const near = witness(pinnedAt(16), offerOf(tree, 16, 24), NOW - CLOCK_MS_MAX, nativeTools)
    expect(near).toMatchObject({ ok: true, cosign: { time: NOW / 1000 } })
  })

  it('[L27] catches two roots at one size and hands out a proof', () => {
    const other = history(40, 12)
    const outcome = witness(pinnedAt(16), offerOf(other, 16, 16), NOW, nativeTools)
    if (outcome.ok) throw new Error('a fork was cosigned')
    expect(outcome.refused).toBe('same-size-other-root')
    const proof = verifyForkProof(outcome.fork!, logKey().vkey, nativeTools)
    expect(proof).toMatchObject({ ok: true, kind: 'two-roots-at-one-size', origin: ORIGIN })
  })

  it.each([1, 5, 8, 16, 31])('[L27] catches a history rewritten before entry %i', (known) => {
    const other = history(40, known - 1)
    const outcome = witness(pinnedAt(known), offerOf(other, known, 40), NOW, nativeTools)
    if (outcome.ok) throw new Error('a fork was cosigned')
    expect(outcome.refused).toBe('history-rewritten')
    const proof = verifyForkProof(outcome.fork!, logKey().vkey, nativeTools)
    expect(proof).toMatchObject({ ok: true, kind: 'older-is-no-beginning' })
  })

  it('[L27] cosigns nothing more of a log it has caught, not even its true history', () => {
    const caught = witness(pinnedAt(16), offerOf(history(40, 12), 16, 16), NOW, nativeTools)
    const state = caught.ok ? undefined : caught.state
    const outcome = witness(state, offerOf(tree, 16, 24), NOW, nativeTools)
    expect(outcome).toMatchObject({ ok: false, refused: 'fork-known', fork: state!.fork })
  })

  it('[L26] does not cosign on top of a store somebody wrote into', () => {
    const state = { ...pinnedAt(16), note: noteOf(tree, 8, { key: logKey(8) }) }
    const outcome = witness(state, offerOf(tree, 8, 24), NOW, nativeTools)
    expect(outcome).toEqual({ ok: false, refused: 'unknown-key' })
  })

  it('[L25] an empty tree has one root only', () => {
    expect(new Tree(nativeSha256).root()).toEqual(nativeSha256(new Uint8Array(0)))
  })
})
