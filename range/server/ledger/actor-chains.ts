import { toBase64 } from '../../ledger/bytes.ts'
import { canonicalEntry, type Entry } from '../../ledger/leaf.ts'
import type { Link } from '../../ledger/receipt.ts'

type Acted = Entry & { readonly by?: string; readonly chain?: Link }
interface Tip {
  readonly seq: number
  readonly leaf: string
}

/**
 * The chain of each actor (`by` of an entry): a number and the leaf of the entry before, inside
 * the sealed entry, so that no chain shows before the openings do.
 */
export class ActorChains {
  readonly #tips = new Map<string, Tip>()
  readonly #leafOf: (index: number, canonical: string) => Uint8Array

  /** `leafOf` seals a canonical entry as the log will at that index. */
  constructor(leafOf: (index: number, canonical: string) => Uint8Array) {
    this.#leafOf = leafOf
  }

  /** Learns what a recovered log holds, in order. */
  known(entry: Entry, leaf: Uint8Array): void {
    const { by, chain } = entry as Acted
    if (by !== undefined && chain !== undefined)
      this.#tips.set(by, { seq: chain.seq, leaf: toBase64(leaf) })
  }

  /**
   * The canonical texts of a batch whose first entry will stand at `first`, each with its link;
   * `commit` once the batch is taken.
   */
  extend(
    batch: readonly Entry[],
    first: number,
  ): { readonly texts: (string | undefined)[]; commit(): void } {
    const tips = new Map<string, Tip>()
    const texts = batch.map((entry, i) => {
      const { by } = entry as Acted
      if (by === undefined) return canonicalEntry(entry)
      const tip = tips.get(by) ?? this.#tips.get(by)
      const chain: Link = { seq: tip === undefined ? 0 : tip.seq + 1, prev: tip?.leaf ?? null }
      const text = canonicalEntry({ ...entry, chain } as Entry)
      if (text !== undefined)
        tips.set(by, { seq: chain.seq, leaf: toBase64(this.#leafOf(first + i, text)) })
      return text
    })
    return {
      texts,
      commit: () => {
        for (const [by, tip] of tips) this.#tips.set(by, tip)
      },
    }
  }
}
