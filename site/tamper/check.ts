import { equalBytes, toBase64 } from '../../range/ledger/bytes.ts'
import { verifyCheckpoint, type Checkpoint } from '../../range/ledger/checkpoint.ts'
import { parseProof, verifyProof, verifyProofParts } from '../../range/ledger/proof.ts'
import { hashLeaf, provesConsistency } from '../../range/ledger/tree.ts'
import type { AuditorFinding, BuyerFinding, Findings, TabletFinding } from './finding.ts'
import { compareNotes } from './compare-notes.ts'
import { newest, openingOfRow, rowHash, tools, type Keys, type View } from './record.ts'
import { changedView, viewOf, type Experiment, type Lab, type TabletPin } from './scene.ts'
import { askWitnesses } from './ask-witnesses.ts'

/**
 * Runs all checks on what each party is shown. Every finding comes from the ledger's own functions
 * (`range/ledger`) over the bytes as they are; nothing here knows which tool was used.
 */
export function runChecks(lab: Lab, experiment: Experiment): Findings {
  const changed = changedView(lab, experiment)
  const shown = (party: Parameters<typeof viewOf>[3]): View =>
    viewOf(lab, experiment, changed, party)
  const { keys, pins } = lab
  return {
    auditor: audit(shown('auditor'), keys),
    tablet: remember(shown('tablet'), pins.tablet, keys),
    witness: askWitnesses(
      { keys, states: pins.witnesses, bribed: experiment.power === 'witnesses' },
      shown,
    ),
    buyer: askForReceipt(shown('buyer'), pins.receipt, keys),
    neighbours: compareNotes(shown, keys),
  }
}

/** The head as it verifies under the log's key; undefined where it does not. */
export function readHead(note: string, keys: Keys): Checkpoint | undefined {
  const result = verifyCheckpoint(note, keys.log.vkey, tools)
  return result.ok ? result.checkpoint : undefined
}

/**
 * An auditor who comes for the first time: verifies the newest head, checks that the published
 * seals lead to it, hashes every row again and lays it on its seal. Names the first that differs.
 */
export function audit(view: View, keys: Keys): AuditorFinding {
  const head = readHead(newest(view).note, keys)
  if (head === undefined || head.size !== view.leaves.length) return { code: 'unsigned' }
  if (!equalBytes(view.tree.root(head.size), head.root)) return { code: 'unsigned' }
  const seals = view.leaves.map((leaf) => toBase64(hashLeaf(leaf, tools.sha256)))
  const rows = view.rows.map((row) => toBase64(rowHash(row)))
  const index = Array.from({ length: Math.max(seals.length, rows.length) }).findIndex(
    (_, i) => seals[i] !== rows[i],
  )
  if (index < 0) return { code: 'fits', size: head.size, root: toBase64(head.root) }
  return differenceAt(index, seals, rows)
}

/** What happened at the first place where rows and seals part, from the hashes alone. */
function differenceAt(
  index: number,
  seals: readonly string[],
  rows: readonly string[],
): AuditorFinding {
  const [seal, row] = [seals[index], rows[index]]
  const rowLost = seal !== undefined && !rows.includes(seal)
  const rowKnown = row !== undefined && seals.includes(row)
  if (seal !== undefined && row !== undefined && rowLost && !rowKnown) {
    return { code: 'changed', index, before: seal, after: row }
  }
  if (rowLost) return { code: 'missing', index, hash: seal }
  if (row !== undefined && !rowKnown) return { code: 'extra', index, hash: row }
  if (row !== undefined) return { code: 'moved', index, sealed: seals.indexOf(row), hash: row }
  return { code: 'missing', index, hash: seal ?? '' }
}

/**
 * A browser that has been here before: the newest head must continue the one it remembers. Where it
 * does not, the seals it kept say which one was changed first.
 */
export function remember(view: View, pin: TabletPin, keys: Keys): TabletFinding {
  const [older, head] = [readHead(pin.note, keys), readHead(newest(view).note, keys)]
  if (older === undefined || head === undefined) return { code: 'unsigned' }
  const { size } = older
  if (head.size < size) return { code: 'rolled-back', size, newSize: head.size }
  const path = view.tree.consistency(size, head.size)
  if (provesConsistency(older, head, path, tools.sha256)) {
    return { code: 'continues', size, newSize: head.size }
  }
  const hash = (leaf: Uint8Array | undefined): string =>
    leaf === undefined ? '' : toBase64(hashLeaf(leaf, tools.sha256))
  const index = pin.seals.findIndex((seal, i) => hash(seal) !== hash(view.leaves[i]))
  return index < 0
    ? { code: 'rewritten', size, index: null, ...roots(older, view) }
    : {
        code: 'rewritten',
        size,
        index,
        before: hash(pin.seals[index]),
        after: hash(view.leaves[index]),
      }
}

/** The root at a known size, as it was signed once and as the view has it now. */
export function roots(
  older: Checkpoint,
  view: View,
): { readonly before: string; readonly after: string } {
  return { before: toBase64(older.root), after: toBase64(view.tree.root(older.size)) }
}

/**
 * The buyer with the receipt: it verifies by itself; the log must still have this very entry at its
 * place under the newest head; and the shop's own row must open to the same seal.
 */
export function askForReceipt(view: View, receipt: string, keys: Keys): BuyerFinding {
  const held = parseProof(receipt)
  const own = verifyProof(receipt, keys.log.vkey, tools)
  if (held === undefined || !own.ok) return { code: 'receipt-broken' }
  const { index, opening } = held
  const { size, note } = newest(view)
  if (index >= size) return { code: 'log-too-short', index, size }
  const path = view.tree.inclusion(index, size)
  const now = verifyProofParts({ opening, index, path, checkpoint: note }, keys.log.vkey, tools)
  const before = toBase64(own.leafHash)
  if (!now.ok) {
    return { code: 'not-in-log', index, size, before, after: toBase64(view.tree.node(0, index)) }
  }
  const row = view.rows[index]
  const after = row === undefined ? '' : toBase64(rowHash(row))
  const says = row !== undefined && openingOfRow(row).salt === opening.salt && after === before
  return says
    ? { code: 'still-there', index, size }
    : { code: 'shop-says-otherwise', index, before, after }
}
