import { describe, expect, it } from 'vitest'
import { utf8 } from '../../range/ledger/bytes.ts'
import { sha256 } from '../../range/ledger/sha256.ts'
import { hashLeaf, Tree } from '../../range/ledger/tree.ts'
import { heightsOf, layTree, roleOf } from '../../site/parts/tree-layout.ts'

const spans = (size: number, only?: number): string[] =>
  layTree(size, only).nodes.map(({ from, to, folded }) => `${from}-${to}${folded ? ' folded' : ''}`)

describe('the drawn tree', () => {
  it('splits as RFC 6962 does: the largest power of two on the left', () => {
    expect(spans(5)).toEqual(['0-1', '1-2', '0-2', '2-3', '3-4', '2-4', '0-4', '4-5', '0-5'])
    expect(spans(1)).toEqual(['0-1'])
    expect(layTree(24)).toMatchObject({ rows: 24, columns: 6 })
    expect(layTree(0)).toMatchObject({ rows: 0, columns: 0, nodes: [] })
  })

  it('folds what is beside the way of one entry', () => {
    expect(spans(24, 5)).toEqual([
      ...['0-4 folded', '4-5', '5-6', '4-6', '6-8 folded', '4-8', '0-8'],
      ...['8-16 folded', '0-16', '16-24 folded', '0-24'],
    ])
    expect(layTree(1_000_000, 123_456).rows).toBe(21)
  })

  it('lights as many joined seals as the audit path has hashes, in every tree', () => {
    const tree = new Tree(sha256)
    for (let size = 1; size <= 40; size++) {
      tree.push(hashLeaf(utf8(String(size)), sha256))
      for (const entry of [0, size >> 1, size - 1]) {
        for (const drawn of [layTree(size), layTree(size, entry)]) {
          const roles = drawn.nodes.map((node) => roleOf(drawn, node, entry))
          const path = tree.inclusion(entry)
          expect(roles.filter((role) => role === 'joined')).toHaveLength(path.length)
          expect(roles.filter((role) => role === 'way')).toHaveLength(path.length + 1)
        }
      }
    }
  })

  it('puts a parent between its children', () => {
    const ys = heightsOf(layTree(3), (row) => [10, 30, 90][row]!)
    expect(ys).toEqual([10, 30, 20, 90, 55])
  })
})
