import { KeyedStore } from '../stream/keyed.ts'
import type { KeyState, SavedKeys } from '../stream/keyed.ts'
import { ValueWindow } from '../stream/value-window.ts'
import { DistinctWindow, TimeWindow } from '../stream/window.ts'
import { compare, numberOf } from './compile.ts'
import type { FieldTable } from './fields.ts'
import { OrderedMarks, ShareWindow, TemporalMarks } from './marks.ts'
import type { Correlation, Threshold } from './rule.ts'
import { unreachable } from './rule.ts'

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
  add(
    state: T,
    event: { matched: readonly number[]; table: FieldTable; time: number },
  ): number | null
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
  const keys = groupSlots(correlation, table, fieldOf)
  const thresholds = effectiveThresholds(correlation)
  switch (correlation.type) {
    case 'event_count':
      return grouped(span, keys, thresholds, eventCount(span))
    case 'value_count':
      return grouped(span, keys, thresholds, valueCount(span, slots))
    case 'value_sum':
    case 'value_avg':
      return grouped(span, keys, thresholds, numbers(span, slots, correlation.type))
    case 'value_percentile': {
      const { percentile } = correlation
      const kind = percentile === null ? null : quantile(span, slots, percentile)
      return kind === null
        ? grouped(span, keys, thresholds, share(span, slots))
        : grouped(span, keys, thresholds, kind)
    }
    case 'temporal':
      return grouped(span, keys, thresholds, temporal(span, correlation.rules.length))
    case 'temporal_ordered':
      return grouped(span, keys, thresholds, ordered(span, correlation.rules.length))
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
}

function groupSlots(
  correlation: Correlation,
  table: FieldTable,
  fieldOf: (name: string, position: number) => string,
): GroupSlots {
  const slots = correlation.rules.map((_, position) =>
    correlation.groupBy.map((name) => table.slot(fieldOf(name, position))),
  )
  return { names: correlation.groupBy, slots }
}

function grouped<T extends KeyState>(
  span: number,
  keys: GroupSlots,
  thresholds: readonly Threshold[],
  kind: Kind<T>,
): Correlator {
  const bounds = { keysMax: GROUPS_MAX, entriesMax: ENTRIES_MAX }
  const store = new KeyedStore<T>(bounds, () => kind.create())
  return {
    see(matched, table, time) {
      store.expire(time - span)
      const hits: CorrelationHit[] = []
      for (const [key, group] of groupsOf(matched, keys, table)) {
        const event = { matched: group.positions, table, time }
        const value = store.update(key, time, (state) => kind.add(state, event))
        if (
          value === null ||
          !thresholds.every((each) => compare(value, each.operator, each.value))
        )
          continue
        hits.push({
          value,
          group: Object.fromEntries(keys.names.map((name, i) => [name, group.texts[i] ?? ''])),
        })
      }
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

interface Group {
  readonly texts: readonly string[]
  readonly positions: number[]
}

/** The groups an event falls into: one, unless aliases read other fields for other rules. */
function groupsOf(
  matched: readonly number[],
  keys: GroupSlots,
  table: FieldTable,
): Map<string, Group> {
  const groups = new Map<string, Group>()
  for (const position of matched) {
    const texts = (keys.slots[position] ?? []).map((slot) => textOf(table.value(slot)))
    if (texts.includes(null)) continue
    const key = texts.length === 1 ? (texts[0] as string) : JSON.stringify(texts)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { texts: texts as string[], positions: [position] })
    else group.positions.push(position)
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
    add: (state, { time }) => state.add(time),
  }
}

function valueCount(span: number, slots: readonly number[]): Kind<DistinctWindow> {
  const create = (): DistinctWindow => new DistinctWindow(span, GROUP_ENTRIES_MAX)
  return {
    create,
    restore: (saved) => create().restore(saved as [string, number][]),
    add(state, { table, time }) {
      const texts = slots.map((slot) => textOf(table.value(slot)))
      if (texts.includes(null)) return null
      return state.add(time, texts.length === 1 ? (texts[0] as string) : JSON.stringify(texts))
    },
  }
}

function numbers(
  span: number,
  slots: readonly number[],
  type: 'value_sum' | 'value_avg',
): Kind<ValueWindow> {
  const create = (): ValueWindow => new ValueWindow(span, GROUP_ENTRIES_MAX, { ranked: false })
  return {
    create,
    restore: (saved) => create().restore(saved as [number, number][]),
    add(state, { table, time }) {
      const value = numberOf(table.value(slots[0] as number))
      if (value === null) return null
      state.add(time, value)
      return type === 'value_sum' ? state.sum() : state.sum() / state.size
    },
  }
}

function quantile(span: number, slots: readonly number[], percent: number): Kind<ValueWindow> {
  const create = (): ValueWindow => new ValueWindow(span, GROUP_ENTRIES_MAX, { ranked: true })
  return {
    create,
    restore: (saved) => create().restore(saved as [number, number][]),
    add(state, { table, time }) {
      const value = numberOf(table.value(slots[0] as number))
      if (value === null) return null
      state.add(time, value)
      return state.percentile(percent)
    },
  }
}

/** Without a percentile: how many of a hundred values in the window are the event's own. */
function share(span: number, slots: readonly number[]): Kind<ShareWindow> {
  const create = (): ShareWindow => new ShareWindow(span, GROUP_ENTRIES_MAX)
  return {
    create,
    restore: (saved) => create().restore(saved as [number, string][]),
    add(state, { table, time }) {
      const text = textOf(table.value(slots[0] as number))
      return text === null ? null : state.add(time, text)
    },
  }
}

function temporal(span: number, rules: number): Kind<TemporalMarks> {
  const create = (): TemporalMarks => new TemporalMarks(span, rules)
  return {
    create,
    restore: (saved) => create().restore(saved as (number | null)[]),
    add: (state, { matched, time }) => state.add(time, matched),
  }
}

function ordered(span: number, rules: number): Kind<OrderedMarks> {
  const create = (): OrderedMarks => new OrderedMarks(span, rules)
  return {
    create,
    restore: (saved) => create().restore(saved as (number | null)[]),
    add: (state, { matched, time }) => state.add(time, matched),
  }
}
