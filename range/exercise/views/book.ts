import type { BookRow, BookView } from '../../protocol/book.ts'
import { WITNESSES } from '../../world/book-witness.ts'
import { settlesAfter } from '../../world/book-work.ts'
import type { BookState } from '../../world/types-book.ts'
import type { BookLook, RunState } from '../state.ts'

const SILENT_MS = 180_000
type Witness = BookView['witnesses'][number]
type Last = { readonly at: number; readonly look: BookLook }

/**
 * The book as its witnesses report it, what the defenders did to it, and when the bank settles by
 * it. The rows as they are stored are shown to nobody.
 */
export function bookView(state: RunState, book: BookState): BookView {
  const { reported, now, scenario } = state
  const looks = WITNESSES.map((id) => ({ id, last: reported.book.get(`witness:${id}`) }))
  const newest = newestOf(looks.filter(({ last }) => last?.look.accepted)) ?? newestOf(looks)
  return {
    head: newest === null ? null : { at: newest.at, ...bare(newest.look.shown) },
    frozen: book.frozen,
    settlesAt: settlesAfter(scenario.world.start, now),
    witnesses: looks.map(({ id, last }) => witnessOf(id, last, now, rootMostKeep(looks, last))),
    change: changeOf(looks, now),
    proof: proofOf(book),
  }
}
function bare({ size, root }: { readonly size: number; readonly root: string }): {
  size: number
  root: string
} {
  return { size, root }
}

function newestOf(looks: readonly { readonly last: Last | undefined }[]): Last | null {
  return looks.reduce<Last | null>(
    (best, { last }) => (last && last.at > (best?.at ?? -1) ? last : best),
    null,
  )
}

function witnessOf(id: string, last: Last | undefined, now: number, most: string | null): Witness {
  if (!last) return { witness: id, verdict: 'none', at: null, size: 0 }
  const { look, at } = last
  const size = (look.accepted ? look.shown : look.kept)?.size ?? 0
  const away = now - at > SILENT_MS
  const split = look.accepted && most !== null && look.shown.root !== most
  const verdict = away ? 'away' : !look.accepted ? 'changed' : split ? 'split' : 'good'
  return { witness: id, verdict, at, size }
}

/** The root that most witnesses were shown at the size of this look; null where none outweighs. */
function rootMostKeep(
  looks: readonly { readonly last: Last | undefined }[],
  last: Last | undefined,
): string | null {
  if (!last) return null
  const roots = looks.flatMap(({ last: other }) =>
    other?.look.accepted && other.look.shown.size === last.look.shown.size
      ? [other.look.shown.root]
      : [],
  )
  const counted = [...new Set(roots)].map((root) => ({
    root,
    count: roots.filter((one) => one === root).length,
  }))
  const best = counted.sort((a, b) => b.count - a.count)[0]
  return best && best.count * 2 > roots.length ? best.root : null
}

function changeOf(
  looks: readonly { readonly id: string; readonly last: Last | undefined }[],
  now: number,
): BookView['change'] {
  const found = looks.flatMap(({ id, last }) =>
    last?.look.differs && now - last.at <= SILENT_MS ? [{ id, differs: last.look.differs }] : [],
  )
  const first = found[0]
  if (first === undefined) return null
  const { index, kept, shown } = first.differs
  return {
    index,
    before: kept === null ? null : rowOf(kept),
    after: shown === null ? null : rowOf(shown),
    by: found.filter(({ differs }) => differs.index === index).map(({ id }) => id),
  }
}

function proofOf({ proof }: BookState): BookView['proof'] {
  if (proof === null) return null
  const { witness, index, kept, shown, size, root, path } = proof
  return { witness, index, before: kept, after: shown, size, root, path }
}

/** A row out of the text that its leaf is the hash of. */
function rowOf(text: string): BookRow {
  const row = JSON.parse(text) as readonly unknown[]
  const [at, kind, order, parcel, amountMinor, place] = row
  return {
    at: Number(at),
    kind: String(kind),
    order: String(order),
    parcel: String(parcel),
    amountMinor: Number(amountMinor),
    place: String(place),
  }
}
