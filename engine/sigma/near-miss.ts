/**
 * The known word nearest to a mistyped one, or null where none is near: at most two edits, and
 * fewer edits than half the word's letters. Words over 64 characters have no near miss.
 */
export function nearMiss(word: string, known: Iterable<string>): string | null {
  if (word.length > 64) return null
  const limit = Math.min(2, Math.floor(word.length / 2))
  let best: string | null = null
  let bestDistance = limit + 1
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Edits (insert, delete, replace, swap of neighbours) between two words. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = []
  for (let i = 0; i <= a.length; i += 1) {
    const row: number[] = []
    for (let j = 0; j <= b.length; j += 1) row.push(cell(i, j))
    rows.push(row)
    function cell(x: number, y: number): number {
      if (x === 0) return y
      if (y === 0) return x
      const same = a[x - 1] === b[y - 1] ? 0 : 1
      const above = rows[x - 1] as number[]
      let least = Math.min((above[y] as number) + 1, (row[y - 1] as number) + 1)
      least = Math.min(least, (above[y - 1] as number) + same)
      if (x > 1 && y > 1 && a[x - 1] === b[y - 2] && a[x - 2] === b[y - 1]) {
        least = Math.min(least, ((rows[x - 2] as number[])[y - 2] as number) + 1)
      }
      return least
    }
  }
  return (rows[a.length] as number[])[b.length] as number
}
