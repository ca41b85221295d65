import type { StringPart } from './rule.ts'

/**
 * A Sigma string as parts. `\*` and `\?` are plain characters, `\\` one backslash, a backslash
 * before anything else is itself. Source: Sigma 2.1.0, "Escape Character".
 */
export function parseString(value: string): StringPart[] {
  const parts: StringPart[] = []
  let text = ''
  const flush = (): void => {
    if (text !== '') parts.push({ kind: 'text', text })
    text = ''
  }
  for (let i = 0; i < value.length; i += 1) {
    const c = value[i] as string
    const next = value[i + 1]
    if (c === '\\' && (next === '*' || next === '?' || next === '\\')) {
      text += next
      i += 1
    } else if (c === '*') {
      flush()
      if (parts.at(-1)?.kind !== 'many') parts.push({ kind: 'many' })
    } else if (c === '?') {
      flush()
      parts.push({ kind: 'one' })
    } else {
      text += c
    }
  }
  flush()
  return parts
}

/** The text of parts without wildcards, or null where there is one. */
export function plainText(parts: readonly StringPart[]): string | null {
  let text = ''
  for (const part of parts) {
    if (part.kind !== 'text') return null
    text += part.text
  }
  return text
}

/** Adds `*` at the named ends. */
export function widen(
  parts: readonly StringPart[],
  ends: { start: boolean; end: boolean },
): StringPart[] {
  const wide = [...parts]
  if (ends.start && wide[0]?.kind !== 'many') wide.unshift({ kind: 'many' })
  if (ends.end && wide.at(-1)?.kind !== 'many') wide.push({ kind: 'many' })
  return wide
}

/** Applies `change` to every text part. */
export function mapText(
  parts: readonly StringPart[],
  change: (text: string) => string,
): StringPart[] {
  return parts.map((part) =>
    part.kind === 'text' ? { kind: 'text', text: change(part.text) } : part,
  )
}
