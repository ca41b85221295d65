import { equalBytes, toBase64 } from '../../range/ledger/bytes.ts'
import { parseNote, verifyCheckpoint } from '../../range/ledger/checkpoint.ts'
import { cosign } from '../../range/ledger/cosignature.ts'
import { isWitnessed, majority } from '../../range/ledger/quorum.ts'
import { prefixPath } from '../../range/ledger/tree.ts'
import { witness, type WitnessState } from '../../range/ledger/witness.ts'
import type { Differing, WitnessAnswer, WitnessFinding } from './finding.ts'
import { newest, tools, WITNESSES, type Keys, type View, type WitnessId } from './record.ts'
import { EVENING_S } from './scene.ts'

interface Witnesses {
  readonly keys: Keys
  readonly states: Readonly<Record<WitnessId, WitnessState>>
  /** Whether they cosign whatever they are shown, without asking for a proof. */
  readonly bribed: boolean
}

/**
 * Asks each witness to cosign the newest head that it is shown. An honest one demands the proof
 * that the head continues what it has seen; its answer is that of `range/ledger/witness.ts`.
 */
export function askWitnesses(who: Witnesses, shown: (id: WitnessId) => View): WitnessFinding {
  const asked = WITNESSES.map((id) => askOne(who, id, shown(id)))
  const answers = asked.map(({ answer }) => answer)
  const cosigned = asked.filter(({ line }) => line !== undefined)
  const lines = asked.map(({ line = '' }) => line).join('')
  const policy = {
    witnesses: WITNESSES.map((id) => who.keys.witnesses[id].vkey),
    quorum: majority(WITNESSES.length),
    oneOf: [],
  }
  return {
    code: cosigned.length === WITNESSES.length ? 'all-cosigned' : 'refused',
    answers,
    cosigned: cosigned.length,
    // A cosignature holds under the text that it was made for, so each head is tried with all.
    witnessed: WITNESSES.some(
      (id) => isWitnessed(newest(shown(id)).note + lines, policy, tools).ok,
    ),
  }
}

function askOne(
  { keys, states, bribed }: Witnesses,
  id: WitnessId,
  view: View,
): { readonly answer: WitnessAnswer; readonly line?: string } {
  const state = states[id]
  const seen = sizeOf(state.note, keys)
  const { note, size } = newest(view)
  const sign = (text: string, time: number): string =>
    cosign(text, time, keys.witnesses[id], tools.sha256)
  if (bribed) {
    return {
      answer: { id, seen, code: 'cosigned-blindly' },
      line: sign(parseNote(note)!.text, EVENING_S),
    }
  }
  const path = size > seen ? prefixPath(seen, size, view.tree.node, tools.sha256) : []
  const outcome = witness(state, { vkey: keys.log.vkey, note, path }, EVENING_S * 1000, tools)
  if (outcome.ok) {
    const { text, time } = outcome.cosign
    return { answer: { id, seen, code: 'cosigned' }, line: sign(text, time) }
  }
  const roots = size < seen ? null : rootsAt(state.note, view, keys)
  const { refused: code, fork = null } = outcome
  return { answer: { id, seen, code, roots, fork } }
}

function sizeOf(note: string, keys: Keys): number {
  const known = verifyCheckpoint(note, keys.log.vkey, tools)
  return known.ok ? known.checkpoint.size : 0
}

/** Root at the known size, as it was signed and as the view has it; null where they agree. */
function rootsAt(note: string, view: View, keys: Keys): Differing | null {
  const known = verifyCheckpoint(note, keys.log.vkey, tools)
  if (!known.ok) return null
  const { size, root } = known.checkpoint
  const now = view.tree.root(size)
  return equalBytes(root, now) ? null : { before: toBase64(root), after: toBase64(now) }
}
