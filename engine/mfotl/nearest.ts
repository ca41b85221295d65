/** The known name that differs in case, punctuation or at most two letters. */
export function nearest(name: string, known: readonly string[]): string | null {
  const letters = (s: string): string => s.toLowerCase().replace(/[^a-z0-9]/g, '')
  const target = letters(name)
  let best: string | null = null
  let least = Math.min(3, Math.ceil(target.length / 2))
  for (const candidate of known) {
    const distance = editDistance(target, letters(candidate))
    if (distance < least) {
      best = candidate
      least = distance
    }
  }
  return best
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
