import { formatProof } from '../../range/ledger/proof.ts'
import type { WitnessState } from '../../range/ledger/witness.ts'
import { applyChanges, type Change, type Tool } from './change.ts'
import {
  newest,
  openingOfRow,
  publish,
  rowsOf,
  WITNESSES,
  type Keys,
  type Row,
  type StoryEntry,
  type View,
  type WitnessId,
} from './record.ts'

/**
 * What the learner holds: the shop's database alone; also the key that signs the log; or the key,
 * and the word of all three witnesses that they will sign whatever they are shown.
 */
export type Power = 'database' | 'key' | 'witnesses'
export const POWERS: readonly Power[] = ['database', 'key', 'witnesses']

/** Whoever is shown a record. */
export type Party = 'auditor' | 'tablet' | 'buyer' | WitnessId
export const PARTIES: readonly Party[] = ['auditor', 'tablet', 'buyer', ...WITNESSES]

/** One try. `shown` are those who are shown the changed record; with every tool but fork, all. */
export interface Experiment {
  readonly tool: Tool
  readonly power: Power
  readonly changes: readonly Change[]
  readonly shown: readonly Party[]
}

/** What is true before anybody touches anything, and what each party took home from it. */
export interface Lab {
  readonly keys: Keys
  readonly truth: View
  readonly pins: {
    readonly tablet: TabletPin
    readonly witnesses: Readonly<Record<WitnessId, WitnessState>>
    /** A proof file: the payment, its path, and the head of that hour. */
    readonly receipt: string
  }
}

/** The newest head that the tablet saw, and the sealed leaves below it. */
export interface TabletPin {
  readonly note: string
  readonly seals: readonly Uint8Array[]
}

/** Up to which size each of them has seen the log. What lies beyond all of these nobody saw. */
export const SEEN: Readonly<Record<'tablet' | WitnessId, number>> = {
  tablet: 18,
  carrier: 22,
  insurer: 18,
  bakery: 12,
}
/** The entry that the buyer holds a receipt for, and the size of the log when it was printed. */
export const RECEIPT = { index: 1, size: 6 } as const

/** The evening of the story, Unix seconds: when the witnesses are asked. */
export const EVENING_S = 1_795_021_800

export function openLab(story: readonly StoryEntry[], keys: Keys): Lab {
  const truth = publish(rowsOf(story, keys), keys)
  const noteAt = (size: number): string => truth.heads.find((head) => head.size === size)!.note
  const pinned = (id: WitnessId): WitnessState => ({
    vkey: keys.log.vkey,
    note: noteAt(SEEN[id]),
    time: EVENING_S - 3600,
  })
  const { index, size } = RECEIPT
  return {
    keys,
    truth,
    pins: {
      tablet: { note: noteAt(SEEN.tablet), seals: truth.leaves.slice(0, SEEN.tablet) },
      witnesses: {
        carrier: pinned('carrier'),
        insurer: pinned('insurer'),
        bakery: pinned('bakery'),
      },
      receipt: formatProof({
        opening: openingOfRow(truth.rows[index]!),
        index,
        path: truth.tree.inclusion(index, size),
        checkpoint: noteAt(size),
      }),
    },
  }
}

/** The rows as the learner has left them. */
export function changedRows(lab: Lab, changes: readonly Change[]): readonly Row[] {
  return applyChanges(lab.truth.rows, changes, lab.keys)
}

/**
 * The record that the learner shows. With the database alone the rows change, and all that the
 * ledger published stays. With the key the log is made anew from the changed rows and signed again.
 * A lie goes in by the front door: the log takes it as it takes every entry.
 */
export function changedView(lab: Lab, experiment: Experiment): View {
  const rows = changedRows(lab, experiment.changes)
  if (experiment.tool === 'lie') return publish(rows, lab.keys, [newest(lab.truth).size])
  if (experiment.power === 'database') return { ...lab.truth, rows }
  return publish(rows, lab.keys)
}

/** What one party is shown. */
export function viewOf(lab: Lab, experiment: Experiment, changed: View, party: Party): View {
  const all = experiment.tool !== 'fork'
  return all || experiment.shown.includes(party) ? changed : lab.truth
}
