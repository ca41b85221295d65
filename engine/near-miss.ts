/** Longer words have no near miss. */
const LENGTH_MAX = 64
const EDITS_MAX = 2

/**
 * The known word nearest to a mistyped one, or null where none is near: case and punctuation apart,
 * at most two edits (insert, delete, replace, swap of neighbours) and no more than half as many as
 * the word has letters. The first of equally near ones.
 */
export function nearMiss(word: string, known: Iterable<string>): string | null {
  if (word.length > LENGTH_MAX) return null
  const letters = lettersOf(word)
  let best: string | null = null
  let least = Math.min(EDITS_MAX, Math.floor(letters.length / 2)) + 1
  for (const candidate of known) {
    const distance = editDistance(letters, lettersOf(candidate))
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}

function lettersOf(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/** Source: Damerau, Communications of the ACM 7(3), 1964. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swaps = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = swaps ? (before[j - 2] as number) + 1 : Infinity
      next.push(Math.min(replaced, swapped, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    ;[before, row] = [row, next]
  }
  return row[b.length] as number
}
