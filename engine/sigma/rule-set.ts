import { Watermark } from '../stream/watermark.ts'
import type { SavedWatermark } from '../stream/watermark.ts'
import type { SavedKeys } from '../stream/keyed.ts'
import { compileDetection, createShared } from './compile.ts'
import type { EventTest } from './compile.ts'
import { createCorrelator } from './correlate.ts'
import type { CorrelationHit, Correlator } from './correlate.ts'
import { compileDispatch } from './dispatch.ts'
import type { FieldTable } from './fields.ts'
import { checkReferences, linkRules } from './link.ts'
import type { LinkedCorrelation, LinkedRules } from './link.ts'
import { parseRules, type ParsedRules } from './parse.ts'
import type { Pipeline } from './pipeline.ts'
import type { Diagnostic, Level, Rule, RuleCase } from './rule.ts'
import { Suppressor } from './suppression.ts'
import type { Suppression, SuppressionState } from './suppression.ts'
import { compileTemplate } from './template.ts'
import type { Template } from './template.ts'

/** One rule that an event completed. */
export interface Match {
  readonly ruleId: string
  readonly title: string
  readonly level: Level
  readonly tags: readonly string[]
  /** Of the extension `doorstep:`; null where the rule does not say. */
  readonly family: string | null
  readonly attack: string | null
  /** Entity references, templates filled from the event; empty without the extension. */
  readonly lead: readonly string[]
  readonly entities: readonly string[]
  /** The rule's own top-level keys. */
  readonly custom: Readonly<Record<string, unknown>>
  /** Only of a correlation: its count or value, and its group by field or alias. */
  readonly correlation?: CorrelationHit
  /** Milliseconds, as given to `step`. */
  readonly time: number
}

export interface RuleSetOptions {
  readonly pipeline?: Pipeline
  /**
   * Let rules that a correlation refers to raise matches of their own as well, whatever it says.
   */
  readonly generateAll?: boolean
  /** Let suppressions hold nothing back, as where rules are tested. */
  readonly unsuppressed?: boolean
  /** Pass over the cases inside rules: for texts that anybody may have written. */
  readonly caseless?: boolean
}

/** The state of a set as JSON; correlations that changed since start empty on `restore`. */
export interface SavedRuleSet {
  readonly version: 1
  readonly watermark: SavedWatermark
  readonly correlations: readonly { readonly definition: string; readonly state: SavedKeys }[]
}

export interface RuleSet {
  readonly rules: readonly Rule[]
  readonly warnings: readonly Diagnostic[]
  /**
   * The matches that `event` completes, rules before correlations, each in the order of the
   * files. `time` is in milliseconds; an event older than the newest counts as happening then
   * (see `late`). Throws if not finite.
   */
  step(event: Readonly<Record<string, unknown>>, time: number): Match[]
  /** Events that came late, and groups that correlations forgot because of their bounds. */
  counters(): { readonly late: number; readonly groups: number; readonly forgotten: number }
  /** Every suppression as of the newest event. */
  suppressions(): readonly SuppressionState[]
  save(): SavedRuleSet
  restore(saved: SavedRuleSet): void
}

export type RuleSetResult =
  | { readonly ok: true; readonly set: RuleSet }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

/**
 * All rules of all files compiled once, or every mistake in them. Sigma 2.1.0 with all its
 * modifiers, filters and correlations; what engine/SPEC.md section S refuses is refused by name.
 */
export function createRuleSet(
  files: readonly { readonly name: string; readonly text: string }[],
  options: RuleSetOptions = {},
): RuleSetResult {
  const diagnostics: Diagnostic[] = []
  const rules: Rule[] = []
  const suppressions: Suppression[] = []
  for (const file of files) {
    const parsed = readFile(file, options)
    rules.push(...parsed.rules)
    if (options.unsuppressed !== true) suppressions.push(...parsed.suppressions)
    diagnostics.push(...parsed.diagnostics)
  }
  const linked = linkRules(rules, options.pipeline ?? {}, diagnostics)
  checkReferences(
    suppressions.flatMap((each) => each.rules),
    rules,
    diagnostics,
  )
  if (diagnostics.some((each) => each.severity === 'error')) return { ok: false, diagnostics }
  const parts = { rules, linked, suppressions, warnings: diagnostics }
  return { ok: true, set: compileSet(parts, options.generateAll === true) }
}

/** What was read of a file, for as long as somebody holds it: a file and its rules never change. */
const known = new WeakMap<object, ParsedRules>()

function readFile(
  file: { readonly name: string; readonly text: string },
  { pipeline, caseless = false }: RuleSetOptions,
): ParsedRules {
  const placeholders = pipeline?.placeholders
  if (placeholders !== undefined || caseless)
    return parseRules(file.name, file.text, placeholders, { cases: !caseless })
  const parsed = known.get(file) ?? parseRules(file.name, file.text)
  known.set(file, parsed)
  return parsed
}

/** The cases inside the rules of a set, each with the rule it belongs to. */
export function casesOf(set: RuleSet): { readonly rule: Rule; readonly case: RuleCase }[] {
  return set.rules.flatMap((rule) => rule.doorstep.cases.map((each) => ({ rule, case: each })))
}

interface Compiled {
  readonly rule: Rule
  readonly emits: boolean
  readonly lead: readonly Template[]
  readonly entities: readonly Template[]
}

interface RunningCorrelation {
  readonly linked: LinkedCorrelation
  readonly head: Compiled
  readonly correlator: Correlator
}

interface Parts {
  readonly rules: readonly Rule[]
  readonly linked: LinkedRules
  readonly suppressions: readonly Suppression[]
  readonly warnings: readonly Diagnostic[]
}

function compileSet(parts: Parts, generateAll: boolean): RuleSet {
  const { rules, linked, suppressions, warnings } = parts
  const shared = createShared()
  const { table } = shared
  const head = (rule: Rule, index: number): Compiled => ({
    rule,
    emits: generateAll || !linked.silent.has(index),
    lead: rule.doorstep.lead.map((text) => compileTemplate(text, table)),
    entities: rule.doorstep.entities.map((text) => compileTemplate(text, table)),
  })
  const detections = linked.detections.map((rule) => rule.detection)
  const tests = detections.map((detection) => compileDetection(detection, shared))
  const heads = linked.detections.map((rule, index) => head(rule, index))
  const correlations = linked.correlations.map((each, index): RunningCorrelation => ({
    linked: each,
    head: head(each.rule, detections.length + index),
    correlator: createCorrelator(each.rule.correlation, table, each.fieldOf),
  }))
  const dispatch = compileDispatch(detections, table, shared.literals)
  const idOf = (name: string): string | null =>
    rules.find((rule) => rule.id === name || rule.name === name)?.id ?? null
  const suppressor = new Suppressor(suppressions, (own) => compileDetection(own, shared), idOf)
  const watermark = new Watermark()
  const run = { table, tests, heads, correlations, dispatch, suppressor, watermark }
  return {
    rules,
    warnings,
    step: createStep(run),
    counters: () => ({
      late: run.watermark.late,
      groups: correlations.reduce((sum, each) => sum + each.correlator.groups, 0),
      forgotten: correlations.reduce((sum, each) => sum + each.correlator.forgotten, 0),
    }),
    suppressions: () => suppressor.states(watermark.time),
    save: () => saveSet(run),
    restore: (saved) => restoreSet(run, saved),
  }
}

interface Running {
  readonly table: FieldTable
  readonly tests: readonly EventTest[]
  readonly heads: readonly Compiled[]
  readonly correlations: readonly RunningCorrelation[]
  readonly dispatch: ReturnType<typeof compileDispatch>
  readonly suppressor: Suppressor
  readonly watermark: Watermark
}

function createStep(run: Running): RuleSet['step'] {
  const { table, tests, heads, correlations, dispatch, suppressor, watermark } = run
  const matched = new Uint8Array(heads.length + correlations.length)
  const listeners = listenersOf(correlations, matched.length)
  const asked = new Uint8Array(correlations.length)
  const ask = (index: number): void => {
    matched[index] = 1
    const own = listeners[index] as readonly number[]
    for (let i = 0; i < own.length; i += 1) asked[own[i] as number] = 1
  }
  const raise = (match: Match, at: number, into: Match[]): void => {
    if (!suppressor.holds(match, table, at)) into.push(match)
  }
  const hits: number[] = []
  return (event, time) => {
    const at = watermark.advance(time)
    table.load(event)
    hits.length = 0
    for (const index of dispatch(table)) {
      if ((tests[index] as EventTest)(table)) hits.push(index)
    }
    const matches: Match[] = []
    if (hits.length === 0) return matches
    if (hits.length > 1) hits.sort((a, b) => a - b)
    matched.fill(0)
    asked.fill(0)
    for (const index of hits) {
      const head = heads[index] as Compiled
      if (head.emits) raise(matchOf(head, table, time, null), at, matches)
      ask(index)
    }
    for (let index = 0; index < asked.length; index += 1) {
      if (asked[index] === 0) continue
      const { linked, head, correlator } = correlations[index] as RunningCorrelation
      const found = correlator.see(linked.positionsOf(matched), table, at)
      if (found.length > 0) ask(heads.length + index)
      if (head.emits) for (const hit of found) raise(matchOf(head, table, time, hit), at, matches)
    }
    return matches
  }
}

/** Which correlations refer to a rule, by its index; they come after those they refer to. */
function listenersOf(
  correlations: readonly RunningCorrelation[],
  rules: number,
): readonly (readonly number[])[] {
  const listeners: number[][] = Array.from({ length: rules }, () => [])
  for (const [index, { linked }] of correlations.entries())
    for (const target of new Set(linked.targets)) listeners[target]?.push(index)
  return listeners
}

function matchOf(
  head: Compiled,
  table: FieldTable,
  time: number,
  hit: CorrelationHit | null,
): Match {
  const { rule } = head
  const group = hit?.group ?? {}
  return {
    ruleId: rule.id,
    title: rule.title,
    level: rule.level,
    tags: rule.tags,
    family: rule.doorstep.family,
    attack: rule.doorstep.attack,
    lead: head.lead.flatMap((fill) => fill(table, group)),
    entities: head.entities.flatMap((fill) => fill(table, group)),
    custom: rule.custom,
    ...(hit === null ? {} : { correlation: hit }),
    time,
  }
}

function saveSet(run: Running): SavedRuleSet {
  const correlations = run.correlations.map(({ linked, correlator }) => {
    return { definition: linked.definition, state: correlator.save() }
  })
  return structuredClone({ version: 1, watermark: run.watermark.save(), correlations })
}

function restoreSet(run: Running, saved: SavedRuleSet): void {
  run.watermark.restore(saved.watermark)
  for (const { linked, correlator } of run.correlations) {
    const own = saved.correlations.find((each) => each.definition === linked.definition)
    correlator.restore(structuredClone(own?.state ?? []))
  }
}
