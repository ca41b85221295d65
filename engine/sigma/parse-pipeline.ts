import { isMap, isSeq } from 'yaml'
import type { YAMLMap } from 'yaml'
import { readDocuments } from './document.ts'
import type { SourceDocument } from './document.ts'
import { nearMiss } from '../near-miss.ts'
import type { LogSourceWords, Pipeline, PipelineStep } from './pipeline.ts'
import type { Diagnostic } from './rule.ts'

const KEYS = ['name', 'priority', 'vars', 'transformations', 'allowed_backends']
const LOGSOURCE = ['category', 'product', 'service']
const WHEN = ['id', 'type', 'rule_conditions', 'rule_cond_op']
/** Transformations, and what each takes beside `id`, `type` and its conditions. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  field_name_mapping: ['mapping'],
  field_name_prefix: ['prefix'],
  add_condition: ['conditions', 'negated', 'template'],
  change_logsource: LOGSOURCE,
  value_placeholders: ['include', 'exclude'],
}

/**
 * A pipeline as pySigma writes it: `vars` for placeholders and `transformations`, each for the log
 * sources of its `rule_conditions`. What else pySigma can do is refused by name. Null with an error
 * in `diagnostics`. Source: pySigma, "Processing Pipelines".
 */
export function parsePipeline(
  file: string,
  text: string,
): { readonly pipeline: Pipeline | null; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const placeholders: Record<string, readonly string[]> = {}
  const steps: PipelineStep[] = []
  for (const document of readDocuments(file, text, diagnostics)) {
    const { root } = document
    if (!isMap(root)) {
      document.error(root, 'a pipeline must be a map', 'transformations: […]')
      continue
    }
    document.checkKeys(root, KEYS, 'a pipeline', false)
    const vars = document.get(root, 'vars')?.value
    if (isMap(vars))
      for (const { key } of document.entries(vars))
        placeholders[key] = document.texts(vars, key).map((each) => each.text)
    steps.push(...readSteps(document, root))
  }
  const failed = diagnostics.some((each) => each.severity === 'error')
  return { pipeline: failed ? null : { placeholders, steps }, diagnostics }
}

/** Several pipelines one after the other; later values of a placeholder stand. */
export function joinPipelines(pipelines: readonly Pipeline[]): Pipeline {
  return {
    placeholders: Object.assign({}, ...pipelines.map((each) => each.placeholders ?? {})) as Record<
      string,
      readonly string[]
    >,
    steps: pipelines.flatMap((each) => each.steps ?? []),
  }
}

function readSteps(document: SourceDocument, root: YAMLMap): PipelineStep[] {
  const list = document.get(root, 'transformations')
  if (list === null) return []
  if (!isSeq(list.value)) {
    document.error(list.value ?? list.key, "'transformations' must be a list")
    return []
  }
  return list.value.items.flatMap((item) => {
    const node = document.resolve(item)
    if (isMap(node)) return readStep(document, node) ?? []
    document.error(node, 'a transformation must be a map', 'type: field_name_mapping')
    return []
  })
}

function readStep(document: SourceDocument, map: YAMLMap): PipelineStep | null {
  const type = document.text(map, 'type') ?? ''
  if (!Object.hasOwn(TYPES, type)) {
    const near = nearMiss(type, Object.keys(TYPES)) ?? `one of: ${Object.keys(TYPES).join(', ')}`
    document.error(map, `the transformation '${type}' is not supported`, near)
    return null
  }
  document.checkKeys(map, [...WHEN, ...(TYPES[type] ?? [])], `'${type}'`, false)
  const when = readWhen(document, map)
  switch (type) {
    case 'field_name_mapping':
      return { kind: 'fields', when, names: readNames(document, map) }
    case 'field_name_prefix':
      return { kind: 'prefix', when, prefix: document.text(map, 'prefix') ?? '' }
    case 'add_condition':
      return readAdded(document, map, when)
    case 'change_logsource':
      return { kind: 'logsource', when, to: readWords(document, map) }
    default:
      return null
  }
}

function readWords(document: SourceDocument, map: YAMLMap): LogSourceWords {
  const word = (key: string): string | null =>
    document.get(map, key) === null ? null : document.text(map, key)
  return { category: word('category'), product: word('product'), service: word('service') }
}

function readWhen(document: SourceDocument, map: YAMLMap): LogSourceWords[] {
  const entry = document.get(map, 'rule_conditions')
  if (entry === null) return []
  const operator =
    document.get(map, 'rule_cond_op') === null ? 'and' : document.text(map, 'rule_cond_op')
  if (!isSeq(entry.value) || (operator !== 'and' && entry.value.items.length > 1)) {
    document.error(
      entry.key,
      "'rule_conditions' must be a list, all of which hold",
      'rule_cond_op: and',
    )
    return []
  }
  return entry.value.items.flatMap((item) => {
    const node = document.resolve(item)
    if (isMap(node) && document.text(node, 'type') === 'logsource') {
      document.checkKeys(node, ['type', ...LOGSOURCE], 'a condition', false)
      return [readWords(document, node)]
    }
    document.error(node, 'only conditions on the log source are supported', 'type: logsource')
    return []
  })
}

function readNames(document: SourceDocument, map: YAMLMap): Map<string, readonly string[]> {
  const entry = document.get(map, 'mapping')
  if (!isMap(entry?.value)) {
    document.error(map, "a field_name_mapping needs a 'mapping'", 'mapping: {theirs: ours}')
    return new Map()
  }
  const { value } = entry
  return new Map(
    document.entries(value).map(({ key, keyNode }) => {
      const names = document.texts(value, key).map(({ text }) => text)
      if (names.length === 0) document.error(keyNode, `'${key}' is given no name`)
      return [key, names]
    }),
  )
}

function readAdded(
  document: SourceDocument,
  map: YAMLMap,
  when: LogSourceWords[],
): PipelineStep | null {
  const added = document.plain(document.get(map, 'conditions')?.value)
  const negated = document.plain(document.get(map, 'negated')?.value) === true
  if (typeof added !== 'object' || added === null || Array.isArray(added)) {
    document.error(map, "an add_condition needs 'conditions'", 'conditions: {field: value}')
    return null
  }
  if (document.plain(document.get(map, 'template')?.value) === true) {
    document.error(map, 'conditions from templates are not supported', 'template: false')
    return null
  }
  const conditions = new Map<string, readonly (string | number | boolean)[]>()
  for (const [field, value] of Object.entries(added)) {
    const values: unknown[] = Array.isArray(value) ? value : [value]
    const plain = values.filter((each) => ['string', 'number', 'boolean'].includes(typeof each))
    if (plain.length === 0 || plain.length < values.length)
      document.error(map, `the condition on '${field}' must be a value or a list of values`)
    conditions.set(field, plain as (string | number | boolean)[])
  }
  return { kind: 'condition', when, conditions, negated }
}
