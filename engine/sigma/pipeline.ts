import type { Placeholders } from './modifier.ts'
import type {
  Condition,
  Detection,
  DetectionRule,
  FieldItem,
  LogSource,
  SearchNode,
} from './rule.ts'
import type { ValueMatcher } from './rule.ts'

/**
 * For rules written for other logs: what their fields are called here and what their log source
 * means.
 */
export interface Pipeline {
  /** Field of the rule → field of our events, for every rule. */
  readonly fields?: Readonly<Record<string, string>>
  readonly placeholders?: Placeholders
  /** The first entry that fits a rule's log source adds its conditions and its own field names. */
  readonly logsources?: readonly LogSourceMapping[]
  /** What follows after these, each in its turn, as pySigma's pipelines have it. */
  readonly steps?: readonly PipelineStep[]
}

export type LogSourceWords = Partial<Record<keyof LogSource, string | null>>

export interface LogSourceMapping {
  readonly when: {
    readonly category?: string
    readonly product?: string
    readonly service?: string
  }
  readonly fields?: Readonly<Record<string, string>>
  /** Field of our events → the value it must have as well. */
  readonly conditions?: Readonly<Record<string, string | number>>
}

/** A transformation, for rules whose log source fits every entry of `when`. */
export type PipelineStep = { readonly when: readonly LogSourceWords[] } & (
  | {
      readonly kind: 'fields'
      /** A field that stands for several is sought in each of them. */
      readonly names: ReadonlyMap<string, readonly string[]>
    }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | {
      readonly kind: 'condition'
      readonly conditions: ReadonlyMap<string, readonly (string | number | boolean)[]>
      readonly negated: boolean
    }
  | { readonly kind: 'logsource'; readonly to: LogSourceWords }
)

/** Whether everything that `wanted` says is also what `source` says. */
export function fitsLogSource(wanted: LogSourceWords, source: LogSource): boolean {
  for (const key of ['category', 'product', 'service'] as const) {
    const word = wanted[key] ?? null
    if (word !== null && word !== source[key]) return false
  }
  return true
}

/** The rule with its fields renamed and its log source's conditions added. */
export function applyPipeline(rule: DetectionRule, pipeline: Pipeline): DetectionRule {
  let { logsource, detection } = rule
  for (const step of stepsFor(pipeline, rule.logsource)) {
    if (!step.when.every((words) => fitsLogSource(words, logsource))) continue
    if (step.kind === 'logsource') logsource = changed(logsource, step.to)
    else if (step.kind === 'condition') detection = withConditions(detection, step)
    else detection = withNames(detection, (field) => namesOf(step, field))
  }
  return detection === rule.detection && logsource === rule.logsource
    ? rule
    : { ...rule, logsource, detection }
}

/** What a field of rules of this log source is called here; the first of several names. */
export function renamedField(pipeline: Pipeline, source: LogSource | null, field: string): string {
  let logsource = source
  let name = field
  for (const step of stepsFor(pipeline, source)) {
    const fits = step.when.every((words) => logsource !== null && fitsLogSource(words, logsource))
    if (!fits) continue
    if (step.kind === 'logsource') logsource = logsource && changed(logsource, step.to)
    else if (step.kind !== 'condition') name = namesOf(step, name)[0] ?? name
  }
  return name
}

/** Field names of every rule, what fits the log source, and the steps, in this order. */
function stepsFor(pipeline: Pipeline, source: LogSource | null): readonly PipelineStep[] {
  const mapping =
    source === null
      ? undefined
      : pipeline.logsources?.find((each) => fitsLogSource(each.when, source))
  const fields = Object.entries({ ...pipeline.fields, ...mapping?.fields })
  const added = Object.entries(mapping?.conditions ?? {})
  const steps: PipelineStep[] = []
  if (fields.length > 0) {
    const names = new Map(fields.map(([field, name]) => [field, [name]]))
    steps.push({ kind: 'fields', when: [], names })
  }
  if (added.length > 0) {
    const conditions = new Map(added.map(([field, value]) => [field, [value]]))
    steps.push({ kind: 'condition', when: [], conditions, negated: false })
  }
  return [...steps, ...(pipeline.steps ?? [])]
}

function changed(source: LogSource, to: LogSourceWords): LogSource {
  return {
    category: to.category ?? source.category,
    product: to.product ?? source.product,
    service: to.service ?? source.service,
  }
}

function namesOf(
  step: Extract<PipelineStep, { kind: 'fields' | 'prefix' }>,
  field: string,
): readonly string[] {
  if (step.kind === 'prefix') return [step.prefix + field]
  return step.names.get(field) ?? [field]
}

function withConditions(
  detection: Detection,
  step: Extract<PipelineStep, { kind: 'condition' }>,
): Detection {
  const searches = new Map(detection.searches)
  const name = ` pipeline ${searches.size}`
  const of = [...step.conditions].map(([field, values]) => equals(field, values))
  searches.set(name, { kind: 'and', of })
  const search: Condition = { kind: 'search', name }
  const added: Condition = step.negated ? { kind: 'not', of: search } : search
  return { searches, condition: { kind: 'and', of: [added, detection.condition] } }
}

function equals(field: string, values: readonly (string | number | boolean)[]): SearchNode {
  const matchers = values.map((value): ValueMatcher[] => {
    if (typeof value === 'number') return [{ kind: 'number', number: value, text: String(value) }]
    if (typeof value === 'boolean') return [{ kind: 'boolean', value }]
    return [{ kind: 'string', parts: [{ kind: 'text', text: value }], cased: false }]
  })
  return { kind: 'item', field, linking: 'any', negated: false, values: matchers }
}

function withNames(detection: Detection, names: (field: string) => readonly string[]): Detection {
  const searches = [...detection.searches].map(
    ([name, node]) => [name, rename(node, names)] as const,
  )
  return { ...detection, searches: new Map(searches) }
}

function rename(node: SearchNode, names: (field: string) => readonly string[]): SearchNode {
  if (node.kind !== 'item') return { ...node, of: node.of.map((part) => rename(part, names)) }
  const item: FieldItem = {
    ...node,
    values: node.values.map((alternatives) =>
      alternatives.map((matcher) =>
        matcher.kind === 'fieldref'
          ? { ...matcher, field: names(matcher.field)[0] ?? matcher.field }
          : matcher,
      ),
    ),
  }
  if (node.field === null) return item
  const of = names(node.field).map((field): FieldItem => ({ ...item, field }))
  const [only] = of
  if (of.length === 1 && only !== undefined) return only
  return { kind: node.negated ? 'and' : 'or', of }
}
