import type { Labelled } from './shortcut.ts'

/**
 * A single field or pattern of it, and how well it tells an attack's events apart on seeds it was
 * not learnt on.
 */
export interface Shortcut {
  readonly attack: string
  readonly kind: string
  readonly field: string
  readonly pattern: string
  readonly auc: number
  /** Attack and innocent events of the kind among those it was tried on. */
  readonly guilty: number
  readonly innocent: number
}

type Value = string | number | undefined
type Pattern = { readonly name: string; readonly of: (value: Value) => string | number | undefined }

const STRINGS: readonly Pattern[] = [
  { name: 'value', of: (value) => value },
  { name: 'prefix 3', of: (value) => String(value).slice(0, 3) },
  { name: 'prefix 6', of: (value) => String(value).slice(0, 6) },
  { name: 'prefix 12', of: (value) => String(value).slice(0, 12) },
  { name: 'ending 2', of: (value) => String(value).slice(-2) },
  { name: 'network', of: (value) => String(value).split('.').slice(0, 2).join('.') },
  {
    name: 'shape',
    of: (value) =>
      String(value)
        .slice(0, 160)
        .replace(/[0-9]+/g, '0')
        .replace(/[a-z]+/g, 'a')
        .replace(/[A-Z]+/g, 'A'),
  },
  { name: 'length', of: (value) => String(value).length },
]
const NUMBERS: readonly Pattern[] = [
  { name: 'threshold', of: (value) => value },
  { name: 'value', of: (value) => `=${value}` },
  { name: 'last digit', of: (value) => `=${Number(value) % 10}` },
  { name: 'last two digits', of: (value) => `=${Number(value) % 100}` },
  { name: 'last three digits', of: (value) => `=${Math.floor((Number(value) % 1000) / 20)}` },
  {
    name: 'second of the minute',
    of: (value) => `=${Math.floor((Number(value) % 60_000) / 2_000)}`,
  },
  { name: 'hour of the day', of: (value) => `=${Math.floor(Number(value) / 3_600_000)}` },
]
const PRESENCE: Pattern = {
  name: 'there or not',
  of: (value) => (value === undefined ? '=no' : '=yes'),
}
/** With fewer events on either side among those tried, an area says nothing. */
export const GUILTY_MIN = 8
export const INNOCENT_MIN = 20
/** Events of a kind that are looked at on either side. */
const EVENTS_MAX = 500

/**
 * Every pattern of every field, learnt on `learn` and measured on `test`, within each kind of
 * event, best first.
 */
export function shortcuts(learn: readonly Labelled[], test: readonly Labelled[]): Shortcut[] {
  const found: Shortcut[] = []
  const attacks = [...new Set(test.flatMap(({ attack }) => attack ?? []))].sort()
  for (const attack of attacks) {
    const kinds = [...new Set(test.filter((one) => one.attack === attack).map(({ kind }) => kind))]
    for (const kind of kinds) {
      const here = (list: readonly Labelled[]): Labelled[] => {
        const own = list.filter((one) => one.kind === kind)
        return [
          ...thinned(own.filter((one) => one.attack === attack)),
          ...thinned(own.filter((one) => one.attack === null)),
        ]
      }
      found.push(...shortcutsIn(attack, kind, here(learn), here(test)))
    }
  }
  return found.sort((a, b) => b.auc - a.auc)
}

/** At most EVENTS_MAX, evenly over all. */
function thinned(list: readonly Labelled[]): Labelled[] {
  const step = Math.max(1, list.length / EVENTS_MAX)
  return Array.from(
    { length: Math.min(list.length, EVENTS_MAX) },
    (_, i) => list[Math.floor(i * step)]!,
  )
}

function shortcutsIn(
  attack: string,
  kind: string,
  learn: readonly Labelled[],
  test: readonly Labelled[],
): Shortcut[] {
  const guilty = test.filter((one) => one.attack !== null).length
  const innocent = test.length - guilty
  if (guilty < GUILTY_MIN || innocent < INNOCENT_MIN || !learn.some((one) => one.attack !== null))
    return []
  const names = [...new Set([...learn, ...test].flatMap(({ fields }) => [...fields.keys()]))]
  return names.flatMap((field) => {
    const numeric =
      typeof learn.find(({ fields }) => fields.has(field))?.fields.get(field) === 'number'
    return [...(numeric ? NUMBERS : STRINGS), PRESENCE].map((pattern): Shortcut => {
      const score = learned(learn, field, pattern)
      const auc = areaUnder(
        test.map((one) => ({ score: score(one.fields.get(field)), guilty: one.attack !== null })),
      )
      return { attack, kind, field, pattern: pattern.name, auc, guilty, innocent }
    })
  })
}

/**
 * How much more often a value stood in guilty events; of numbers, the better of the two directions.
 */
function learned(
  learn: readonly Labelled[],
  field: string,
  pattern: Pattern,
): (value: Value) => number {
  const see = (value: Value): string | number | undefined =>
    value === undefined && pattern !== PRESENCE ? undefined : pattern.of(value)
  const rows = learn.map((one) => ({
    key: see(one.fields.get(field)),
    guilty: one.attack !== null,
  }))
  if (rows.some(({ key }) => typeof key === 'number')) {
    const known = rows.filter(
      (row): row is { key: number; guilty: boolean } => typeof row.key === 'number',
    )
    const up = areaUnder(known.map(({ key, guilty }) => ({ score: key, guilty })))
    return (value) => {
      const key = see(value)
      return typeof key !== 'number' ? 0 : up >= 0.5 ? key : -key
    }
  }
  const counts = new Map<string, { guilty: number; innocent: number }>()
  const all = { guilty: 0, innocent: 0 }
  for (const { key, guilty } of rows) {
    const count = counts.get(String(key)) ?? { guilty: 0, innocent: 0 }
    counts.set(String(key), count)
    count[guilty ? 'guilty' : 'innocent']++
    all[guilty ? 'guilty' : 'innocent']++
  }
  const share = all.guilty / Math.max(1, all.guilty + all.innocent)
  return (value) => {
    const count = counts.get(String(see(value)))
    return count === undefined
      ? share
      : (count.guilty + share) / (count.guilty + count.innocent + 1)
  }
}

/**
 * Area under the ROC curve: the chance that a guilty event scores higher than an innocent one, ties
 * by half.
 */
export function areaUnder(
  rows: readonly { readonly score: number; readonly guilty: boolean }[],
): number {
  const sorted = [...rows].sort((a, b) => a.score - b.score)
  let [guilty, innocent, wins] = [0, 0, 0]
  for (let i = 0; i < sorted.length;) {
    let [g, n, j] = [0, 0, i]
    for (; j < sorted.length && sorted[j]!.score === sorted[i]!.score; j++)
      if (sorted[j]!.guilty) g++
      else n++
    wins += g * (innocent + n / 2)
    guilty += g
    innocent += n
    i = j
  }
  return guilty === 0 || innocent === 0 ? 0.5 : wins / (guilty * innocent)
}
