import { createFormulaDetector } from '../alert/formula-detector.ts'
import type { Detector } from '../alert/finding.ts'
import { createRuleDetector } from '../alert/rule-detector.ts'
import { formulaSetOf } from '../mfotl/detector.ts'
import { loadFormulaDocument } from '../mfotl/document.ts'
import { createRuleSet } from '../sigma/rule-set.ts'
import { programSize } from '../sigma/regex.ts'
import type { Rule, SearchNode, ValueMatcher } from '../sigma/rule.ts'
import type { TwinPlan } from '../twin/plan.ts'
import {
  CORRELATIONS_MAX,
  DOCUMENTS_MAX,
  MISTAKES_MAX,
  MONITOR_LIMITS,
  OWN_BYTES_MAX,
  REGEX_STEPS_MAX,
  REGEXES_MAX,
  TEMPLATE_MAX,
  TITLE_MAX,
  VALUES_MAX,
} from './limits.ts'

/** A mistake in a text, with its place; lines and columns count from 1. */
export interface DraftMistake {
  readonly line: number
  readonly column: number
  readonly message: string
  /** What to write instead, where that is known. */
  readonly correction?: string
}

/** What detections are read against: the signature of facts, and the plan of vans. */
export interface DraftContext {
  readonly signature: string
  readonly twin: TwinPlan | null
}

export type Draft =
  | {
      readonly ok: true
      readonly kind: 'sigma' | 'mfotl'
      readonly title: string
      /** What is allowed and looks like a slip, such as an unknown key. */
      readonly warnings: readonly DraftMistake[]
    }
  | { readonly ok: false; readonly mistakes: readonly DraftMistake[] }

/** A draft made ready to see telemetry; `rows` is what its formula has looked at so far. */
export type CompiledDraft =
  | (Extract<Draft, { readonly ok: true }> & {
      readonly detector: Detector
      readonly rows: () => number
      /** Why its formula met a limit and stopped, or null. */
      readonly stopped: () => string | null
    })
  | Extract<Draft, { readonly ok: false }>

/**
 * Reads what somebody wrote: Sigma, or a formula document where a line begins with `formula:`. All
 * mistakes come together, at most 20 of them. Refused as well: more than 12,288 bytes, 4 documents,
 * 2 correlations, 200 values or 16 regular expressions. In a formula document only `title`,
 * `family`, `formula`, `message`, `lead` and `severity` are needed.
 */
export function draftDetection(text: string, context: DraftContext): Draft {
  const compiled = compileDraft(text, context)
  if (!compiled.ok) return compiled
  const { kind, title, warnings } = compiled
  return { ok: true, kind, title, warnings }
}

/** The same, ready to run, with a state of its own that is empty. */
export function compileDraft(text: string, context: DraftContext): CompiledDraft {
  const bytes = new TextEncoder().encode(text).length
  if (bytes > OWN_BYTES_MAX)
    return refused([
      whole(`the text has ${bytes} bytes, ${OWN_BYTES_MAX} are the most`, 'split it in two'),
    ])
  return /^formula\s*:/m.test(text) ? compileFormula(text, context) : compileRules(text)
}

function compileFormula(text: string, { signature, twin }: DraftContext): CompiledDraft {
  const loaded = loadFormulaDocument(text, signature, { draft: true })
  if (!loaded.ok) return refused(loaded.diagnostics)
  const document = loaded.value
  const set = formulaSetOf([document], MONITOR_LIMITS)
  return {
    ok: true,
    kind: 'mfotl',
    title: document.title,
    warnings: [],
    detector: createFormulaDetector(set, twin),
    rows: () => set.rows,
    stopped: () => set.stopped[0]?.reason ?? null,
  }
}

/** The file's name stands in the ids of rules without one: the same for every text. */
const FILE = 'own'

function compileRules(text: string): CompiledDraft {
  const made = createRuleSet([{ name: FILE, text }], { caseless: true })
  if (!made.ok) return refused(made.diagnostics.filter((each) => each.severity === 'error'))
  const { rules } = made.set
  const mistakes = rules.flatMap(tooLong)
  const first = rules.find(({ kind }) => kind === 'correlation') ?? rules[0]
  if (first === undefined) mistakes.push(whole('there is no rule', 'title: …'))
  if (rules.length > DOCUMENTS_MAX)
    mistakes.push(whole(`there are ${rules.length} rules, ${DOCUMENTS_MAX} are the most`))
  const correlations = rules.filter(({ kind }) => kind === 'correlation').length
  if (correlations > CORRELATIONS_MAX)
    mistakes.push(whole(`there are ${correlations} correlations, ${CORRELATIONS_MAX} are the most`))
  mistakes.push(...tooMuch(rules))
  if (mistakes.length > 0 || first === undefined) return refused(mistakes)
  return {
    ok: true,
    kind: 'sigma',
    title: first.title,
    warnings: placed(made.set.warnings),
    detector: createRuleDetector(made.set),
    rows: () => 0,
    stopped: () => null,
  }
}

function tooLong({ title, at, doorstep }: Rule): DraftMistake[] {
  const { line, column } = at
  const found: DraftMistake[] = []
  if (title.length > TITLE_MAX)
    found.push({ line, column, message: `the title has more than ${TITLE_MAX} characters` })
  if ([...doorstep.lead, ...doorstep.entities].some((each) => each.length > TEMPLATE_MAX))
    found.push({ line, column, message: `an entity has more than ${TEMPLATE_MAX} characters` })
  return found
}

function tooMuch(rules: readonly Rule[]): DraftMistake[] {
  const values = rules.flatMap((rule) =>
    rule.kind === 'correlation' ? [] : [...rule.detection.searches.values()].flatMap(valuesOf),
  )
  const regexes = values.filter((value) => value.kind === 'regex')
  const steps = regexes.reduce((sum, { source, flags }) => sum + programSize(source, flags), 0)
  return [
    ...(values.length > VALUES_MAX
      ? [whole(`${values.length} values are compared with, ${VALUES_MAX} are the most`)]
      : []),
    ...(regexes.length > REGEXES_MAX
      ? [whole(`there are ${regexes.length} regular expressions, ${REGEXES_MAX} are the most`)]
      : []),
    ...(steps > REGEX_STEPS_MAX
      ? [whole(`the regular expressions have ${steps} steps, ${REGEX_STEPS_MAX} are the most`)]
      : []),
  ]
}

function valuesOf(node: SearchNode): ValueMatcher[] {
  return node.kind === 'item' ? node.values.flat() : node.of.flatMap(valuesOf)
}

function whole(message: string, correction?: string): DraftMistake {
  return { line: 1, column: 1, message, ...(correction === undefined ? {} : { correction }) }
}

function refused(mistakes: readonly DraftMistake[]): Extract<CompiledDraft, { ok: false }> {
  return { ok: false, mistakes: placed(mistakes) }
}

function placed(mistakes: readonly DraftMistake[]): DraftMistake[] {
  return mistakes.slice(0, MISTAKES_MAX).map(({ line, column, message, correction }) => ({
    line,
    column,
    message,
    ...(correction === undefined ? {} : { correction }),
  }))
}
