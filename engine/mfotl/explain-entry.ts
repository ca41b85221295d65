import { happenedText, limitsOf, missingText, type Words } from './explain-words.ts'
import type { Signature } from './ast.ts'
import type { Leaf } from './literal.ts'
import type { Fact } from './monitor.ts'
import type { Entry } from './timeline.ts'
import type { LogWindow } from './window.ts'

export function sortedEntries(
  leaves: readonly Leaf[],
  window: LogWindow,
  told: { readonly signature: Signature; readonly words: Words },
): { readonly entry: Entry; readonly leaf: Leaf }[] {
  const seen = new Set<string>()
  const entries = leaves.flatMap((leaf) => {
    const entry = entryOf(leaf, window, told)
    const key = entry.kind === 'happened' ? `${entry.timePoint} ${factKey(entry.fact)}` : ''
    const whole = key === '' ? JSON.stringify(entry) : key
    if (seen.has(whole)) return []
    seen.add(whole)
    return [{ entry, leaf }]
  })
  return entries.sort((a, b) => endOf(a.entry) - endOf(b.entry) || rank(a.entry) - rank(b.entry))
}

function factKey(fact: Fact): string {
  return JSON.stringify([fact.name, fact.args])
}

function endOf(entry: Entry): number {
  return entry.kind === 'happened' ? entry.timestamp : (entry.until ?? Infinity)
}

function rank(entry: Entry): number {
  return entry.kind === 'happened' ? 0 : 1
}

function entryOf(
  leaf: Leaf,
  window: LogWindow,
  { signature, words }: { readonly signature: Signature; readonly words: Words },
): Entry {
  if (leaf.kind === 'event') {
    const { timePoint, timestamp, uid } = window.at(leaf.index)
    const text = happenedText(leaf.fact, signature, words)
    const head = { kind: 'happened', timePoint, timestamp, fact: leaf.fact } as const
    return { ...head, ...(uid === undefined ? {} : { uid }), text, decisive: null }
  }
  const finite = (n: number): number | null => (Number.isFinite(n) ? n : null)
  return {
    kind: 'missing',
    since: finite(leaf.since),
    until: finite(leaf.until),
    name: leaf.name,
    args: leaf.columns.map((c) => c.value),
    text: missingText(leaf, limitsOf(leaf), signature, words),
    others: leaf.others,
    decisive: null,
  }
}
