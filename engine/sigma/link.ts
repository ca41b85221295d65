import { GROUP_ENTRIES_MAX } from './correlate.ts'
import { nearMiss } from '../near-miss.ts'
import { applyPipeline, fitsLogSource, renamedField } from './pipeline.ts'
import type { Pipeline } from './pipeline.ts'
import type {
  CorrelationRule,
  Detection,
  DetectionRule,
  Diagnostic,
  FilterRule,
  LogSource,
  Position,
  Rule,
} from './rule.ts'

/** A correlation whose rules are found; it comes after every correlation it refers to. */
export interface LinkedCorrelation {
  readonly rule: CorrelationRule
  /** What it refers to: indexes of detections, then correlations in order; -1 where nothing. */
  readonly targets: readonly number[]
  /**
   * Positions, in `rules`, of those that matched; indexes count detections, then correlations in
   * order.
   */
  positionsOf(matched: Uint8Array): readonly number[]
  /** The field that stands for a name in events of the rule at a position (-1: of any). */
  fieldOf(name: string, position: number): string
  /** Text that is equal exactly where the correlation and all that it rests on are unchanged. */
  readonly definition: string
}

export interface LinkedRules {
  readonly detections: readonly DetectionRule[]
  readonly correlations: readonly LinkedCorrelation[]
  /** Indexes of rules that raise nothing by themselves, because a correlation uses them. */
  readonly silent: ReadonlySet<number>
}

const RULES_MAX = 20_000

/**
 * Finds what rules refer to, applies filters and pipeline, and reports what does not fit
 * together.
 */
export function linkRules(
  rules: readonly Rule[],
  pipeline: Pipeline,
  into: Diagnostic[],
): LinkedRules {
  const error = (at: Position, message: string, correction?: string): void => {
    into.push({
      ...at,
      severity: 'error',
      message,
      ...(correction === undefined ? {} : { correction }),
    })
  }
  const first = rules[0]
  if (rules.length > RULES_MAX && first !== undefined)
    error(first.at, `a set has at most ${RULES_MAX} rules`)
  checkNames(rules, error)
  const filters = rules.filter((rule) => rule.kind === 'filter')
  const plain = rules.filter((rule) => rule.kind === 'detection')
  const detections = plain.map((rule) => applyPipeline(applyFilters(rule, filters), pipeline))
  const ordered = orderCorrelations(rules, error)
  const index = new Map<string, number>()
  for (const [i, rule] of [...detections, ...ordered].entries()) {
    index.set(rule.id, i)
    if (rule.name !== null) index.set(rule.name, i)
  }
  const definitions = detections.map(definitionOf)
  const correlations = ordered.map((rule) => {
    checkCorrelation(rule, rules, error)
    return link(
      rule,
      { index, definitions, sources: plain.map((each) => each.logsource) },
      pipeline,
    )
  })
  return { detections, correlations, silent: silentRules(ordered, index) }
}

type Report = (at: Position, message: string, correction?: string) => void

function checkNames(rules: readonly Rule[], error: Report): void {
  const seen = new Map<string, Rule>()
  for (const rule of rules) {
    for (const key of new Set([rule.id, ...(rule.name === null ? [] : [rule.name])])) {
      const other = seen.get(key)
      if (other !== undefined)
        error(rule.at, `'${key}' is taken by ${other.at.file}:${other.at.line}`)
      seen.set(key, rule)
    }
  }
  for (const rule of rules) {
    if (rule.kind === 'detection') continue
    const references = rule.kind === 'filter' ? rule.rules : rule.correlation.rules
    for (const { name, at } of references) {
      if (seen.has(name) || (rule.kind === 'filter' && isEvery(name))) continue
      error(at, `no rule has the id or name '${name}'`, nearMiss(name, seen.keys()) ?? undefined)
    }
  }
}

/** Reports what a suppression names and no rule is called. */
export function checkReferences(
  references: readonly { readonly name: string; readonly at: Position }[],
  rules: readonly Rule[],
  into: Diagnostic[],
): void {
  const names = rules.flatMap((rule) => (rule.name === null ? [rule.id] : [rule.id, rule.name]))
  for (const { name, at } of references) {
    if (names.includes(name)) continue
    const near = nearMiss(name, names)
    const message = `no rule has the id or name '${name}'`
    const correction = near === null ? {} : { correction: near }
    into.push({ ...at, severity: 'error', message, ...correction })
  }
}

function isEvery(name: string): boolean {
  return name === 'any' || name === 'all'
}

function refersTo(reference: { readonly name: string }, rule: Rule): boolean {
  return reference.name === rule.id || reference.name === rule.name
}

/** A filter's condition must hold as well, for the rules it names whose log source it covers. */
function applyFilters(rule: DetectionRule, filters: readonly FilterRule[]): DetectionRule {
  let detection: Detection = rule.detection
  for (const [number, filter] of filters.entries()) {
    const named = filter.rules.some((each) => isEvery(each.name) || refersTo(each, rule))
    if (!named || !fitsLogSource(filter.logsource, rule.logsource)) continue
    const searches = new Map(detection.searches)
    const prefix = ` filter ${number} `
    for (const [name, node] of filter.detection.searches) searches.set(prefix + name, node)
    const own = prefixed(filter.detection.condition, prefix)
    detection = { searches, condition: { kind: 'and', of: [detection.condition, own] } }
  }
  return detection === rule.detection ? rule : { ...rule, detection }
}

function prefixed(condition: Detection['condition'], prefix: string): Detection['condition'] {
  if (condition.kind === 'search') return { kind: 'search', name: prefix + condition.name }
  if (condition.kind === 'not') return { kind: 'not', of: prefixed(condition.of, prefix) }
  return { kind: condition.kind, of: condition.of.map((part) => prefixed(part, prefix)) }
}

/** Correlations after those they refer to; a circle is an error and leaves its members out. */
function orderCorrelations(rules: readonly Rule[], error: Report): CorrelationRule[] {
  const waiting = rules.filter((rule) => rule.kind === 'correlation')
  const done: CorrelationRule[] = []
  for (;;) {
    const ready = waiting.findIndex((rule) =>
      rule.correlation.rules.every((each) => !waiting.some((other) => refersTo(each, other))),
    )
    if (ready < 0) break
    done.push(...waiting.splice(ready, 1))
  }
  for (const rule of waiting)
    error(rule.at, `the correlation '${rule.title}' refers to itself in a circle`)
  return done
}

function checkCorrelation(rule: CorrelationRule, rules: readonly Rule[], error: Report): void {
  const { aliases, thresholds, groupBy, fields } = rule.correlation
  const used = rule.correlation.rules
  for (const [alias, byRule] of aliases) {
    for (const name of byRule.keys()) {
      const target = rules.find((each) => refersTo({ name }, each))
      if (
        used.some((each) => each.name === name || (target !== undefined && refersTo(each, target)))
      )
        continue
      error(rule.at, `the alias '${alias}' names '${name}', which is no rule of this correlation`)
    }
    if (!groupBy.includes(alias))
      error(rule.at, `the alias '${alias}' is not in group-by`, `group-by: [${alias}]`)
  }
  for (const { value } of thresholds) {
    const counts =
      rule.correlation.type === 'event_count' || rule.correlation.type === 'value_count'
    if (counts && value >= GROUP_ENTRIES_MAX) {
      error(
        rule.at,
        `a group holds at most ${GROUP_ENTRIES_MAX} entries`,
        `gte: ${GROUP_ENTRIES_MAX - 1}`,
      )
    }
  }
  if (rule.correlation.type !== 'value_count' && fields.length > 1) {
    error(rule.at, `a ${rule.correlation.type} takes one field`, `field: ${fields[0]}`)
  }
}

function link(
  rule: CorrelationRule,
  known: {
    readonly index: ReadonlyMap<string, number>
    readonly definitions: string[]
    /** Of each detection, by index. */
    readonly sources: readonly LogSource[]
  },
  pipeline: Pipeline,
): LinkedCorrelation {
  const { index, definitions, sources } = known
  const { rules, aliases } = rule.correlation
  const targets = rules.map(({ name }) => index.get(name) ?? -1)
  const renamed = (field: string, position: number): string => {
    const target = targets[Math.max(position, 0)] ?? -1
    return renamedField(pipeline, sources[target] ?? null, field)
  }
  const aliasFields = new Map<string, readonly (string | null)[]>()
  for (const [alias, byRule] of aliases) {
    const fields = targets.map((target, position) => {
      const found = [...byRule].find(([name]) => index.get(name) === target)
      return found === undefined ? null : renamed(found[1], position)
    })
    aliasFields.set(alias, fields)
  }
  const definition = JSON.stringify([
    {
      ...rule.correlation,
      rules: null,
      aliases: [...aliases].map(([alias, byRule]) => [alias, [...byRule]]),
    },
    targets.map((target) => definitions[target] ?? null),
  ])
  definitions.push(definition)
  return {
    rule,
    targets,
    definition: `${rule.id} ${digest(definition)}`,
    positionsOf: (matched) => positionsIn(targets, matched),
    fieldOf: (name, position) => aliasFields.get(name)?.[position] ?? renamed(name, position),
  }
}

const NONE: readonly number[] = []
const FIRST: readonly number[] = [0]

function positionsIn(targets: readonly number[], matched: Uint8Array): readonly number[] {
  if (targets.length === 1) return matched[targets[0] as number] === 1 ? FIRST : NONE
  let positions: number[] | null = null
  for (let i = 0; i < targets.length; i += 1) {
    if (matched[targets[i] as number] === 1) (positions ??= []).push(i)
  }
  return positions ?? NONE
}

function silentRules(
  correlations: readonly CorrelationRule[],
  index: ReadonlyMap<string, number>,
): Set<number> {
  const silent = new Set<number>()
  const loud = new Set<number>()
  for (const { correlation } of correlations) {
    for (const { name } of correlation.rules)
      (correlation.generate ? loud : silent).add(index.get(name) ?? -1)
  }
  return new Set([...silent].filter((each) => !loud.has(each)))
}

function definitionOf(rule: DetectionRule): string {
  return digest(JSON.stringify([[...rule.detection.searches], rule.detection.condition]))
}

/** FNV-1a over 2 x 32 bits: tells texts apart, secures nothing. */
function digest(text: string): string {
  let a = 0x811c9dc5
  let b = 0x1000193
  for (let i = 0; i < text.length; i += 1) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193)
    b = Math.imul(b ^ (text.charCodeAt(i) + i), 0x85ebca6b)
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0')
}
