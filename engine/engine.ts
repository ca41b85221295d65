import type { Alert, Incident, ReasoningKind } from './alert/alert.ts'
import { Incidents } from './alert/correlate.ts'
import type { Detector, Finding } from './alert/finding.ts'
import { createFormulaDetector, type FormulaDetector } from './alert/formula-detector.ts'
import { createRuleDetector } from './alert/rule-detector.ts'
import { createPaymentDetector } from './anomaly/payment-detector.ts'
import { createRefundPeers } from './anomaly/refund-peers.ts'
import { createRequestDetector } from './anomaly/request-detector.ts'
import type { RequestScorer } from './anomaly/request-scorer.ts'
import type { Scorer } from './anomaly/scorer.ts'
import type { Json } from './event/json.ts'
import type { Telemetry } from './event/telemetry.ts'
import type { SignedBaseline } from './integrity/inventory.ts'
import { createBookCheck } from './integrity/book-check.ts'
import { createInventoryCheck } from './integrity/inventory.ts'
import { createPageCallCheck } from './integrity/page-calls.ts'
import { createLogHealthCheck } from './integrity/log-health.ts'
import { createFormulaSet } from './mfotl/detector.ts'
import { createRuleSet } from './sigma/rule-set.ts'
import type { SuppressionState } from './sigma/suppression.ts'
import type { DraftContext } from './own/draft.ts'
import { OwnDetections, type OwnDetection, type OwnState } from './own/own-detections.ts'
import { createMotionCheck } from './twin/motion.ts'
import type { TwinPlan } from './twin/plan.ts'

/** A rule file or a formula file: its name for messages, and its text. */
export interface SourceFile {
  readonly name: string
  readonly text: string
}

export interface EngineOptions {
  readonly rules: readonly SourceFile[]
  /**
   * Formula documents, and the signature they are read against: the one file whose name ends in
   * `.sig`.
   */
  readonly formulas: readonly SourceFile[]
  /** Null where there are no vans to watch. */
  readonly twin: TwinPlan | null
  /** What scripts each page may have, and the key whose signatures extend that. */
  readonly baseline: SignedBaseline | null
  /** The learned model of payment windows; null leaves that reasoning out. */
  readonly scorer: Scorer | null
  /** The learned judge of single requests; absent or null leaves it out. */
  readonly requestScorer?: RequestScorer | null
  /** Wanted false incidents of learned scores in eight quiet hours; BUDGET if absent. */
  readonly budget?: number
  /** Only these kinds of reasoning, to see what they find alone; all if absent. */
  readonly only?: readonly ReasoningKind[]
}

export const BUDGET = 0.3

/** What may change in the middle of a stream; what is absent stays as it is. */
export interface Reloaded extends Partial<Pick<EngineOptions, 'rules' | 'formulas'>> {
  /** All detections that somebody wrote meanwhile, at most 12. */
  readonly own?: readonly OwnDetection[]
}

/**
 * All detectors over one stream. Same options and same stream, same alerts, bit for bit; no clock,
 * bounded state. Telemetry must come in order of time; `tick` may be called at any pace, its time
 * never decreasing.
 */
export interface Engine {
  /** The alerts that one event completes, repetitions left out. */
  step(event: Telemetry): Alert[]
  /**
   * What time alone completes, and the incidents that are new, changed or closed since the last
   * tick; `own` are those of detections that somebody wrote meanwhile.
   */
  tick(now: number): {
    readonly alerts: Alert[]
    readonly incidents: Incident[]
    readonly own: Incident[]
  }
  /** All incidents remembered, by order of opening. */
  incidents(): readonly Incident[]
  /**
   * Takes up other rules and formulas in the middle of a stream. What is the same as before goes on
   * with its state, what is new or changed starts empty. Throws EngineError with every mistake;
   * then the old ones stay in force.
   */
  reload(files: Reloaded): void
  /** Incidents of detections that somebody wrote meanwhile; `incidents` never holds one of them. */
  ownIncidents(): readonly Incident[]
  /** How each of them fares that runs now. */
  ownStates(): readonly OwnState[]
  /** What a draft is read against here. */
  readonly draftContext: DraftContext
  /** What holds matches of rules back, each with how many, and whether its day is over. */
  suppressions(): readonly SuppressionState[]
  save(): Json
  /**
   * Continues exactly where `save` was taken, on an engine of the same options; throws if they
   * differ.
   */
  restore(saved: Json): void
}

export interface EngineMistake {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
  readonly correction?: string
}

/** Rules or formulas that cannot run; `mistakes` holds all of them. */
export class EngineError extends Error {
  readonly mistakes: readonly EngineMistake[]
  constructor(mistakes: readonly EngineMistake[]) {
    super(
      mistakes
        .map((each) => `${each.file}:${each.line}:${each.column}: ${each.message}`)
        .join('\n'),
    )
    this.name = 'EngineError'
    this.mistakes = mistakes
  }
}

/** Throws EngineError with every mistake of every rule and formula. */
export function createEngine(options: EngineOptions): Engine {
  const detectors = detectorsOf(options)
  const incidents = new Incidents()
  const draftContext = { signature: signatureOf(options.formulas), twin: options.twin }
  const own = new OwnDetections(draftContext)
  let written: Pick<EngineOptions, 'rules' | 'formulas'> = options
  let clock = Number.NEGATIVE_INFINITY
  const raise = (findings: readonly Finding[]): Alert[] => {
    return findings.flatMap((finding) => incidents.add({ ...finding, time: clock }) ?? [])
  }
  return {
    step(event) {
      clock = Math.max(clock, event.time)
      const alerts = raise(detectors.flatMap((detector) => detector.see(event)))
      const more = own.see(event, clock)
      return more.length === 0 ? alerts : [...alerts, ...more]
    },
    tick(now) {
      clock = Math.max(clock, now)
      const alerts = raise(detectors.flatMap((detector) => detector.tick(clock)))
      incidents.expire(clock)
      const more = own.tick(clock)
      alerts.push(...more.alerts)
      return { alerts, incidents: incidents.changes(), own: more.incidents }
    },
    incidents: () => incidents.all(),
    suppressions: () => detectors.flatMap((detector) => detector.suppressions?.() ?? []),
    ownIncidents: () => own.incidents(),
    ownStates: () => own.states(),
    draftContext,
    reload(files) {
      const { rules = written.rules, formulas = written.formulas } = files
      if (files.rules ?? files.formulas) reloadWritten(detectors, { ...options, rules, formulas })
      written = { rules, formulas }
      if (files.own !== undefined) reloadOwn(own, files.own, detectors)
    },
    save: () => ({
      version: 1,
      clock: Number.isFinite(clock) ? clock : null,
      incidents: incidents.save(),
      detectors: detectors.map((detector) => ({ name: detector.name, state: detector.save() })),
      own: own.save(),
    }),
    restore(saved) {
      const from = saved as unknown as SavedEngine
      const names = from.detectors.map((each) => each.name).join(' ')
      if (from.version !== 1 || names !== detectors.map((each) => each.name).join(' ')) {
        throw new Error(`the saved engine has other detectors: ${names}`)
      }
      clock = from.clock ?? Number.NEGATIVE_INFINITY
      incidents.restore(from.incidents)
      for (const [index, detector] of detectors.entries()) {
        detector.restore((from.detectors[index] as { state: Json }).state)
      }
      own.restore(from.own ?? null)
    },
  }
}

interface SavedEngine {
  readonly version: 1
  readonly clock: number | null
  readonly incidents: Json
  readonly detectors: readonly { readonly name: string; readonly state: Json }[]
  readonly own?: Json
}

/** Where formulas stand among the detectors that people write. */
const FORMULAS = 1

function reloadWritten(detectors: Detector[], options: EngineOptions): void {
  for (const [index, detector] of writtenDetectors(options).entries()) {
    detector.restore((detectors[index] as Detector).save())
    detectors[index] = detector
  }
}

function reloadOwn(
  own: OwnDetections,
  list: readonly OwnDetection[],
  detectors: readonly Detector[],
): void {
  const mistakes = own.replace(list, () => (detectors[FORMULAS] as FormulaDetector).background())
  if (mistakes.length === 0) return
  throw new EngineError(mistakes.map(({ id, ...mistake }) => ({ file: id, ...mistake })))
}

function signatureOf(formulas: readonly SourceFile[]): string {
  return formulas.find(({ name }) => name.endsWith('.sig'))?.text ?? ''
}

/** The detectors that people write, always first: rules, then formulas. */
function writtenDetectors(
  options: Pick<EngineOptions, 'rules' | 'formulas' | 'twin' | 'only'>,
): Detector[] {
  const mistakes: EngineMistake[] = []
  const detectors: Detector[] = []
  const rules = createRuleSet(options.rules)
  if (rules.ok) {
    if (wanted(options, 'R')) detectors.push(createRuleDetector(rules.set))
  } else mistakes.push(...rules.diagnostics.filter((each) => each.severity === 'error'))
  const signature = signatureOf(options.formulas)
  const documents = options.formulas.filter(({ name }) => !name.endsWith('.sig'))
  const formulas = createFormulaSet(documents, signature)
  if (formulas.ok) {
    if (wanted(options, 'T')) detectors.push(createFormulaDetector(formulas.set, options.twin))
  } else mistakes.push(...formulas.diagnostics)
  if (mistakes.length > 0) throw new EngineError(mistakes)
  return detectors
}

function detectorsOf(options: EngineOptions): Detector[] {
  const detectors = writtenDetectors(options)
  if (wanted(options, 'I')) {
    if (options.baseline !== null) detectors.push(createInventoryCheck(options.baseline))
    detectors.push(createPageCallCheck())
    detectors.push(createLogHealthCheck())
    detectors.push(createBookCheck())
  }
  if (wanted(options, 'M')) {
    detectors.push(createRefundPeers())
    if (options.scorer !== null)
      detectors.push(createPaymentDetector(options.scorer, options.budget ?? BUDGET))
    if (options.requestScorer) detectors.push(createRequestDetector(options.requestScorer))
  }
  if (options.twin !== null && wanted(options, 'P')) detectors.push(createMotionCheck(options.twin))
  return detectors
}

function wanted({ only }: Pick<EngineOptions, 'only'>, kind: ReasoningKind): boolean {
  return only === undefined || only.includes(kind)
}
