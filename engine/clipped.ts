const LENGTH_MAX = 60

/** A text as a message may repeat it: its first 60 characters where it is longer. */
export function clipped(text: string): string {
  return text.length <= LENGTH_MAX ? text : `${text.slice(0, LENGTH_MAX)}…`
}
