import { KeyedStore } from '../stream/keyed.ts'
import type { KeyState, SavedKeys } from '../stream/keyed.ts'
import { ShareWindow } from '../stream/share-window.ts'
import { ValueWindow } from '../stream/value-window.ts'
import { DistinctWindow, TimeWindow } from '../stream/window.ts'
import { unreachable } from '../unreachable.ts'
import { compare, numberOf } from './compile.ts'
import type { FieldTable } from './fields.ts'
import { chainWithin, RuleMarks, rulesWithin, type See } from './marks.ts'
import type { Correlation, Threshold } from './rule.ts'

/**
 * A correlation holds at most this many groups; then the group that was quiet longest is
 * forgotten.
 */
export const GROUPS_MAX = 10_000
/** A group holds at most this many entries, the newest; thresholds above it are refused. */
export const GROUP_ENTRIES_MAX = 10_000
/**
 * All groups of a correlation together hold at most this many entries; quiet groups are
 * forgotten.
 */
export const ENTRIES_MAX = 500_000
/** Longer texts of groups and values are cut here. */
const TEXT_MAX = 1_024

/** What made a correlation match: its count or value, and its group by field or alias. */
export interface CorrelationHit {
  readonly value: number
  readonly group: Readonly<Record<string, string>>
}

/** A correlation at work: asked for every event that one of its rules matched. */
export interface Correlator {
  /** `matched` are positions in the correlation's `rules`, ascending; `time` never decreases. */
  see(matched: readonly number[], table: FieldTable, time: number): readonly CorrelationHit[]
  readonly groups: number
  readonly forgotten: number
  save(): SavedKeys
  restore(saved: SavedKeys): void
}

/**
 * How one kind of correlation keeps a group and what it reads of it; null where nothing is
 * counted.
 */
interface Kind<T extends KeyState> {
  create(): T
  restore(saved: unknown): T
  add(state: T, time: number, table: FieldTable, matched: readonly number[]): number | null
}

/**
 * The correlation over the event tables of `table`'s set. `fieldOf` says which field stands for
 * an alias, or for itself, in events of the rule at a position. It matches at every event after
 * which its condition holds for the window of `timespanMs` that ends with that event, both ends
 * included.
 */
export function createCorrelator(
  correlation: Correlation,
  table: FieldTable,
  fieldOf: (name: string, position: number) => string,
): Correlator {
  const span = correlation.timespanMs
  const slots = correlation.fields.map((field) => table.slot(fieldOf(field, -1)))
  const slot = slots[0] ?? -1
  const rules = correlation.rules.length
  const keys = groupSlots(correlation, table, fieldOf)
  const thresholds = effectiveThresholds(correlation)
  const keeping = <T extends KeyState>(kind: Kind<T>): Correlator =>
    grouped(span, keys, thresholds, kind)
  switch (correlation.type) {
    case 'event_count':
      return keeping(eventCount(span))
    case 'value_count':
      return keeping(valueCount(span, slots))
    case 'value_sum':
      return keeping(numbers(span, slot, false, (window) => window.sum()))
    case 'value_avg':
      return keeping(numbers(span, slot, false, (window) => window.sum() / window.size))
    case 'value_median':
      return keeping(numbers(span, slot, true, (window) => window.median()))
    case 'value_percentile': {
      const { percentile } = correlation
      return percentile === null
        ? keeping(share(span, slot))
        : keeping(numbers(span, slot, true, (window) => window.percentile(percentile)))
    }
    case 'temporal':
      return keeping(marks(rules, rulesWithin(span)))
    case 'temporal_ordered':
      return keeping(marks(rules, chainWithin(span)))
    default:
      return unreachable(correlation.type)
  }
}

function effectiveThresholds(correlation: Correlation): readonly Threshold[] {
  if (correlation.type === 'temporal_ordered' || correlation.thresholds.length === 0) {
    return [{ operator: 'gte', value: correlation.rules.length }]
  }
  return correlation.thresholds
}

interface GroupSlots {
  readonly names: readonly string[]
  /** By position of the rule, one slot per name. */
  readonly slots: readonly (readonly number[])[]
  /** Whether they are the same for every rule. */
  readonly alike: boolean
}

function groupSlots(
  correlation: Correlation,
  table: FieldTable,
  fieldOf: (name: string, position: number) => string,
): GroupSlots {
  const slots = correlation.rules.map((_, position) =>
    correlation.groupBy.map((name) => table.slot(fieldOf(name, position))),
  )
  const alike = slots.every((own) => own.join() === slots[0]?.join())
  return { names: correlation.groupBy, slots, alike }
}

function grouped<T extends KeyState>(
  span: number,
  keys: GroupSlots,
  thresholds: readonly Threshold[],
  kind: Kind<T>,
): Correlator {
  const bounds = { keysMax: GROUPS_MAX, entriesMax: ENTRIES_MAX }
  const store = new KeyedStore<T>(bounds, () => kind.create())
  const see = (
    group: Group,
    table: FieldTable,
    time: number,
    hits: readonly CorrelationHit[],
  ): readonly CorrelationHit[] => {
    const value = kind.add(store.use(group.key, time), time, table, group.positions)
    store.settle()
    if (value === null) return hits
    for (const each of thresholds) if (!compare(value, each.operator, each.value)) return hits
    const { texts } = group
    const named = Object.fromEntries(keys.names.map((name, i) => [name, texts[i] ?? '']))
    return [...hits, { value, group: named }]
  }
  return {
    see(matched, table, time) {
      store.expire(time - span)
      if (keys.alike) {
        const group = groupAt(0, matched, keys, table)
        return group === null ? NO_HITS : see(group, table, time, NO_HITS)
      }
      let hits = NO_HITS
      for (const group of groupsOf(matched, keys, table).values())
        hits = see(group, table, time, hits)
      return hits
    },
    get groups() {
      return store.keys
    },
    get forgotten() {
      return store.forgotten
    },
    save: () => store.save(),
    restore: (saved) => store.restore(saved, (state) => kind.restore(state)),
  }
}

const NO_HITS: readonly CorrelationHit[] = []

interface Group {
  readonly key: string
  readonly texts: readonly string[]
  readonly positions: readonly number[]
}

/** The group of an event, by the fields of the rule at `position`; null where one is absent. */
function groupAt(
  position: number,
  positions: readonly number[],
  keys: GroupSlots,
  table: FieldTable,
): Group | null {
  const slots = keys.slots[position] ?? []
  const texts: string[] = []
  for (let i = 0; i < slots.length; i += 1) {
    const text = textOf(table.value(slots[i] as number))
    if (text === null) return null
    texts.push(text)
  }
  const key = texts.length === 1 ? (texts[0] as string) : JSON.stringify(texts)
  return { key, texts, positions }
}

/** The groups an event falls into where aliases read other fields for other rules. */
function groupsOf(
  matched: readonly number[],
  keys: GroupSlots,
  table: FieldTable,
): Map<string, Group> {
  const groups = new Map<string, Group>()
  for (const position of matched) {
    const group = groupAt(position, [position], keys, table)
    if (group === null) continue
    const known = groups.get(group.key)
    const positions = known === undefined ? group.positions : [...known.positions, position]
    groups.set(group.key, { ...group, positions })
  }
  return groups
}

/** A value as the text it is grouped and counted by; null where there is none. */
export function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (Array.isArray(value) && value.length === 1) return textOf(value[0])
  const text =
    typeof value === 'string'
      ? value
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value)
  return text.length > TEXT_MAX ? text.slice(0, TEXT_MAX) : text
}

function eventCount(span: number): Kind<TimeWindow> {
  const create = (): TimeWindow => new TimeWindow(span, GROUP_ENTRIES_MAX)
  return {
    create,
    restore: (saved) => create().restore(saved as number[]),
    add: (state, time) => state.add(time),
  }
}

function valueCount(span: number, slots: readonly number[]): Kind<DistinctWindow> {
  const create = (): DistinctWindow => new DistinctWindow(span, GROUP_ENTRIES_MAX)
  return {
    create,
    restore: (saved) => create().restore(saved as [string, number][]),
    add(state, time, table) {
      const texts = slots.map((slot) => textOf(table.value(slot)))
      if (texts.includes(null)) return null
      return state.add(time, texts.length === 1 ? (texts[0] as string) : JSON.stringify(texts))
    },
  }
}

/** Numbers of a field, and what is read of their window after each; `ranked` where by rank. */
function numbers(
  span: number,
  slot: number,
  ranked: boolean,
  read: (window: ValueWindow) => number,
): Kind<ValueWindow> {
  const create = (): ValueWindow => new ValueWindow(span, GROUP_ENTRIES_MAX, { ranked })
  return {
    create,
    restore: (saved) => create().restore(saved as [number, number][]),
    add(state, time, table) {
      const value = numberOf(table.value(slot))
      if (value === null) return null
      state.add(time, value)
      return read(state)
    },
  }
}

/** How many of a hundred values in the window are the event's own. */
function share(span: number, slot: number): Kind<ShareWindow> {
  const create = (): ShareWindow => new ShareWindow(span, GROUP_ENTRIES_MAX)
  return {
    create,
    restore: (saved) => create().restore(saved as [number, string][]),
    add(state, time, table) {
      const text = textOf(table.value(slot))
      return text === null ? null : state.add(time, text)
    },
  }
}

function marks(rules: number, see: See): Kind<RuleMarks> {
  const create = (): RuleMarks => new RuleMarks(rules, see)
  return {
    create,
    restore: (saved) => create().restore(saved as (number | null)[]),
    add: (state, time, _table, matched) => state.add(time, matched),
  }
}
