import type { Sort, Workflow } from './workflow.ts'

/** What expressions may speak of. */
export type Declarations = Pick<Workflow, 'roles' | 'actors' | 'things' | 'state'>

/** At most so many values of one sort can be listed. */
export const VALUES_MAX = 1_024

/** `actor`, a role or a kind of thing; null where nothing is called so. */
export function sortNamed(
  name: string,
  known: Pick<Declarations, 'roles' | 'things'>,
): Extract<Sort, { kind: 'actor' | 'thing' }> | null {
  if (name === 'actor') return { kind: 'actor', role: null, optional: false }
  if (known.roles.some(({ key }) => key === name))
    return { kind: 'actor', role: name, optional: false }
  if (known.things.some(({ key }) => key === name))
    return { kind: 'thing', thing: name, optional: false }
  return null
}

/** Every value of a sort, `none` first; an amount without an end has none that could be listed. */
export function membersOf(sort: Sort, known: Pick<Declarations, 'actors' | 'things'>): number[] {
  switch (sort.kind) {
    case 'bool':
      return [0, 1]
    case 'int':
      return sort.max === null ? [] : upTo(sort.max - sort.min + 1).map((n) => sort.min + n)
    case 'word':
      return upTo(sort.words.length)
    case 'actor': {
      const { role } = sort
      const all = upTo(known.actors.length).filter(
        (n) => role === null || (known.actors[n]?.roles.includes(role) ?? false),
      )
      return sort.optional ? [-1, ...all] : all
    }
    case 'thing': {
      const count = known.things.find(({ key }) => key === sort.thing)?.count ?? 0
      return sort.optional ? [-1, ...upTo(count)] : upTo(count)
    }
  }
}

function upTo(count: number): number[] {
  return Array.from({ length: Math.min(count, VALUES_MAX) }, (_, n) => n)
}

/** A value as people call it. */
export function sayValue(
  sort: Sort,
  value: number,
  known: Pick<Declarations, 'actors' | 'things'>,
): string {
  switch (sort.kind) {
    case 'bool':
      return value === 0 ? 'no' : 'yes'
    case 'int':
      return String(value)
    case 'word':
      return (sort.words[value] ?? '').replaceAll('-', ' ')
    case 'actor':
      return value < 0 ? 'nobody' : (known.actors[value]?.name ?? '')
    case 'thing': {
      const name = known.things.find(({ key }) => key === sort.thing)?.name ?? ''
      return value < 0 ? 'none' : name.replace('{n}', String(value + 1))
    }
  }
}

/** A value as programs and monitors write it: `ann`, `order-1`, `paid`, `3`. */
export function keyOfValue(
  sort: Sort,
  value: number,
  known: Pick<Declarations, 'actors' | 'things'>,
): string | number {
  switch (sort.kind) {
    case 'bool':
    case 'int':
      return value
    case 'word':
      return sort.words[value] ?? ''
    case 'actor':
      return value < 0 ? 'none' : (known.actors[value]?.key ?? '')
    case 'thing':
      return value < 0 ? 'none' : `${sort.thing}-${value + 1}`
  }
}
