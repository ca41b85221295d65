import type { FieldTable } from './fields.ts'

/** One template gives at most this many entities from one event. */
const ENTITIES_MAX = 16

/** Entities from the event a table holds; names of `group` come before fields of the event. */
export type Template = (
  table: FieldTable,
  group: Readonly<Record<string, string>>,
) => readonly string[]

/**
 * A template such as `ip:{src_endpoint.ip}`, ready to be filled. A field with a list gives one
 * entity per element; a field that the event lacks gives none. `{resources.uid}` alone takes
 * references as they stand.
 */
export function compileTemplate(text: string, table: FieldTable): Template {
  const pieces = [...text.matchAll(/\{([^{}]+)\}|[^{}]+/g)].map((match) => {
    const field = match[1]
    return field === undefined ? { text: match[0] } : { field, slot: table.slot(field) }
  })
  return (held, group) => {
    let filled = ['']
    for (const piece of pieces) {
      const values = 'text' in piece ? [piece.text] : valuesOf(held, piece, group)
      filled = filled
        .flatMap((before) => values.map((value) => before + value))
        .slice(0, ENTITIES_MAX)
    }
    return filled
  }
}

function valuesOf(
  table: FieldTable,
  piece: { readonly field: string; readonly slot: number },
  group: Readonly<Record<string, string>>,
): readonly string[] {
  if (Object.hasOwn(group, piece.field)) return [group[piece.field] as string]
  const texts = table.texts(piece.slot)
  return typeof texts === 'string' ? [texts] : (texts ?? [])
}
