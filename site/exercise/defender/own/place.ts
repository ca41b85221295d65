import { OWN_BYTES_MAX } from '../../../../engine/own/limits.ts'

/** Where a mistake stands in a text: from its place to the end of its line. */
export function placeOf(
  text: string,
  { line, column }: { readonly line: number; readonly column: number },
): { readonly from: number; readonly to: number } {
  const lines = text.split('\n')
  const index = Math.min(Math.max(line, 1), lines.length) - 1
  const before = lines.slice(0, index).reduce((sum, one) => sum + one.length + 1, 0)
  const length = lines[index]?.length ?? 0
  return { from: before + Math.min(Math.max(column, 1) - 1, length), to: before + length }
}

/** UTF-8 bytes of a text; `tooLong` where the door would refuse it. */
export function sizeOf(text: string): { readonly bytes: number; readonly tooLong: boolean } {
  const bytes = new TextEncoder().encode(text).length
  return { bytes, tooLong: bytes > OWN_BYTES_MAX }
}
