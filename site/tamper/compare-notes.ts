import { toBase64 } from '../../range/ledger/bytes.ts'
import { formatForkProof, verifyForkProof } from '../../range/ledger/fork-proof.ts'
import { prefixPath } from '../../range/ledger/tree.ts'
import type { NeighboursFinding } from './finding.ts'
import { newest, tools, type Head, type Keys, type View } from './record.ts'
import { PARTIES, type Party } from './scene.ts'

/**
 * Two people compare the heads they were shown today, whoever they are: with equal sizes the signed
 * roots must be equal, otherwise the smaller must be a beginning of the larger. Where that is not
 * so, the two signatures together are a proof, which is verified before it is told.
 */
export function compareNotes(shown: (party: Party) => View, keys: Keys): NeighboursFinding {
  const views = [...new Set(PARTIES.map(shown))]
  const [one] = views
  const [first, second] = views.toSorted((a, b) => newest(a).size - newest(b).size)
  if (one === undefined || first === undefined) throw new Error('nobody was shown anything')
  if (second === undefined || newest(first).note === newest(second).note) {
    const { size } = newest(one)
    return { code: 'same', size, root: toBase64(one.tree.root(size)) }
  }
  return judge(newest(first), newest(second), first, second, keys)
}

/** The server is asked to join the two; it can only show the tree of the larger. */
function judge(smaller: Head, larger: Head, of: View, beside: View, keys: Keys): NeighboursFinding {
  const [size, newSize] = [smaller.size, larger.size]
  const path = size < newSize ? prefixPath(size, newSize, beside.tree.node, tools.sha256) : []
  const { vkey } = keys.log
  const proof = formatForkProof({ vkey, older: smaller.note, newer: larger.note, path })
  if (!verifyForkProof(proof, vkey, tools).ok) return { code: 'one-is-older', size, newSize }
  const [before, after] = [toBase64(of.tree.root(size)), toBase64(beside.tree.root(size))]
  return { code: 'fork', size, newSize, proof, before, after }
}
