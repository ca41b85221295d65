import type { Debrief } from '../../range/protocol/view.ts'

/**
 * The proof page of the log's entry behind a point or event: the input itself where one gave it,
 * otherwise the digest of the second in which it arose. Undefined where the log was not read.
 */
export function entryLink(
  debrief: Debrief,
  told: { readonly at: number; readonly ref: string },
): { readonly href: string; readonly entry: number; readonly exact: boolean } | undefined {
  const input = told.ref.startsWith('input:')
    ? debrief.entries.inputs[told.ref.slice('input:'.length)]
    : undefined
  const entry = input ?? debrief.entries.seconds[String(told.at)]
  if (entry === undefined) return undefined
  const href = `/proof/${encodeURIComponent(debrief.exercise.id)}?entry=${entry}`
  return { href, entry, exact: input !== undefined }
}
