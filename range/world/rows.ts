/** The list with row `index` replaced; the list itself when the row is not there. */
export function withRow<T>(rows: readonly T[], index: number, row: T): readonly T[] {
  if (index < 0 || index >= rows.length) return rows
  const copy = rows.slice()
  copy[index] = row
  return copy
}
