import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { fillTemplate, loadFormulaDocument, valuationOf, type FormulaDocument } from './document.ts'
import { EvidenceLog } from './evidence.ts'
import { explain, type Explanation } from './explain.ts'
import {
  createMonitor,
  type CompiledFormula,
  type Fact,
  type Monitor,
  type Verdict,
} from './monitor.ts'
import type { LimitOptions } from './limits.ts'
import { MonitorError } from './monitor-error.ts'
import type { Diagnostic, Value } from './ast.ts'

/** An answer of one formula, as an alert needs it. */
export interface Match {
  readonly formulaId: string
  /**
   * Milliseconds: of the event that made it certain for past formulas, of the answer's time-point
   * else.
   */
  readonly time: number
  readonly valuation: Readonly<Record<string, Value>>
  readonly lead: readonly string[]
  readonly entities: readonly string[]
  readonly title: string
  readonly message: string
  readonly severity: FormulaDocument['severity']
  readonly family: FormulaDocument['family']
  readonly attack: string
  /** Uids of the events it rests on, oldest first, at most 32; empty where `step` got no uid. */
  readonly evidence: readonly string[]
  /** Why it is an answer; null where that is no longer known, or too much to find out. */
  readonly explanation: Explanation | null
}

export interface FormulaSet {
  readonly documents: readonly FormulaDocument[]
  /**
   * Formulas that met a number they could not treat exactly, or a limit, and stopped; the others go
   * on.
   */
  readonly stopped: readonly { readonly formulaId: string; readonly reason: string }[]
  /** Rows that all formulas together have looked at since the set was made. */
  readonly rows: number
  /**
   * Takes the facts of one moment. Monitors count whole seconds, as MonPoly does: the timestamp is
   * `floor(timeMs / 1000)`, and several moments of one second are time-points of their own.
   * `timeMs` never decreases. A match whose lead was reported within the formula's `suppressFor`
   * is left out.
   */
  step(timeMs: number, facts: readonly Fact[], uid?: string): Match[]
  save(): unknown
  restore(saved: unknown): void
}

export type FormulaSetResult =
  | { readonly ok: true; readonly set: FormulaSet }
  | {
      readonly ok: false
      readonly diagnostics: readonly (Diagnostic & { readonly file: string })[]
    }

interface FormulaFile {
  readonly name: string
  readonly text: string
}
type Loaded = ReturnType<typeof loadFormulaDocument>

/** What was read of a file against a signature, for as long as somebody holds the file. */
const known = new WeakMap<FormulaFile, { readonly signature: string; readonly loaded: Loaded }>()

function readFile(file: FormulaFile, signature: string): Loaded {
  const before = known.get(file)
  if (before?.signature === signature) return before.loaded
  const loaded = loadFormulaDocument(file.text, signature)
  known.set(file, { signature, loaded })
  return loaded
}

/**
 * Loads formula documents against the telemetry signature; refuses the set if any has a mistake.
 */
export function createFormulaSet(
  documents: readonly FormulaFile[],
  signatureText: string,
): FormulaSetResult {
  const diagnostics: (Diagnostic & { file: string })[] = []
  const loaded: FormulaDocument[] = []
  for (const source of documents) {
    const { name: file } = source
    const document = readFile(source, signatureText)
    if (!document.ok) diagnostics.push(...document.diagnostics.map((d) => ({ ...d, file })))
    else if (loaded.some((d) => d.id === document.value.id)) {
      diagnostics.push({
        file,
        line: 1,
        column: 1,
        message: `there is a formula \`${document.value.id}\` already`,
      })
    } else loaded.push(document.value)
  }
  if (diagnostics.length > 0) return { ok: false, diagnostics }
  return { ok: true, set: new Formulas(loaded, LIMITS) }
}

/** Limits of each formula of a set, and what explaining may cost. */
export interface SetLimits extends LimitOptions {
  /** Steps of one explanation. */
  readonly explainWork?: number
  /** Matches that the set explains; later ones have no explanation. */
  readonly explainMost?: number
}

/** A set of formulas that are loaded already, each within these limits. */
export function formulaSetOf(documents: readonly FormulaDocument[], limits: SetLimits): FormulaSet {
  return new Formulas(documents, limits)
}

/** Steps of one explanation while events come in: a few milliseconds. */
const WORK = 60_000
/** Matches of one moment that are explained. */
const EXPLAINED_MAX = 16
/** What each formula of a set may cost; one that costs more stops, and the others go on. */
const LIMITS = { keptMax: 1_000_000, workMax: 20_000_000, answersMax: 10_000 }

interface Running {
  readonly document: FormulaDocument
  readonly key: string
  readonly monitor: Monitor
  /** Time-points of the set before the monitor's first. */
  offset: number
  /** When each lead was last reported, in milliseconds. */
  readonly reported: Map<string, number>
  stopped: string | null
}

interface Saved {
  readonly points: number
  readonly formulas: readonly SavedFormula[]
  readonly evidence: unknown
  readonly explained?: number
}

interface SavedFormula {
  readonly id: string
  readonly key: string
  readonly offset: number
  readonly monitor: unknown
  readonly reported: [string, number][]
  readonly stopped: string | null
}

class Formulas implements FormulaSet {
  readonly documents: readonly FormulaDocument[]
  readonly #running: readonly Running[]
  readonly #evidence: EvidenceLog
  readonly #limits: SetLimits
  #points = 0
  #explained = 0

  constructor(documents: readonly FormulaDocument[], limits: SetLimits) {
    this.documents = documents
    this.#limits = limits
    this.#evidence = new EvidenceLog(
      new Set(documents.flatMap((d) => [...d.compiled.formula.predicates])),
    )
    this.#running = documents.map((document) => ({
      document,
      key: keyOfFormula(document.compiled),
      monitor: createMonitor(document.compiled, limits),
      offset: 0,
      reported: new Map<string, number>(),
      stopped: null,
    }))
  }

  get stopped(): { formulaId: string; reason: string }[] {
    return this.#running.flatMap((r) =>
      r.stopped === null ? [] : [{ formulaId: r.document.id, reason: r.stopped }],
    )
  }

  get rows(): number {
    return this.#running.reduce((sum, { monitor }) => sum + monitor.rows, 0)
  }

  step(timeMs: number, facts: readonly Fact[], uid?: string): Match[] {
    const at = { timePoint: this.#points++, timestamp: Math.floor(timeMs / 1000) }
    if (uid !== undefined) this.#evidence.add(uid, facts, at)
    const matches: Match[] = []
    for (const running of this.#running) {
      if (running.stopped !== null) continue
      try {
        for (const verdict of running.monitor.step(at.timestamp, facts)) {
          this.#report(running, verdict, timeMs, matches)
        }
      } catch (error) {
        if (!(error instanceof MonitorError)) throw error
        running.stopped = error.message
      }
    }
    return matches
  }

  #report(running: Running, verdict: Verdict, timeMs: number, matches: Match[]): void {
    const { document, reported } = running
    for (const tuple of verdict.tuples) {
      const valuation = valuationOf(document.compiled, tuple)
      const lead = document.lead.map((t) => fillTemplate(t, valuation))
      const key = lead.join(' ')
      const last = reported.get(key)
      if (last !== undefined && timeMs - last < document.suppressFor * 1000) continue
      if (document.suppressFor > 0) remember(reported, key, timeMs, document.suppressFor * 1000)
      matches.push({
        formulaId: document.id,
        time: document.compiled.future ? verdict.timestamp * 1000 : timeMs,
        valuation,
        lead,
        entities: document.entities.map((t) => fillTemplate(t, valuation)),
        title: document.title,
        message: fillTemplate(document.message, valuation),
        severity: document.severity,
        family: document.family,
        attack: document.attacks[0] ?? '',
        evidence: this.#evidence.about(
          leadValues(document, valuation),
          document.compiled.formula.predicates,
        ),
        explanation: matches.length < EXPLAINED_MAX ? this.#explain(running, verdict, tuple) : null,
      })
    }
  }

  #explain(running: Running, verdict: Verdict, tuple: readonly Value[]): Explanation | null {
    const { explainWork = WORK, explainMost = Infinity } = this.#limits
    if (this.#explained >= explainMost) return null
    this.#explained += 1
    const { compiled, words } = running.document
    const points = this.#evidence.window(compiled.formula.predicates, running.offset)
    const { timePoint } = verdict
    const told = explain(compiled, { timePoint, tuple }, points, { words, work: explainWork })
    return told.ok ? told.explanation : null
  }

  save(): unknown {
    const formulas = this.#running.map((r): SavedFormula => ({
      id: r.document.id,
      key: r.key,
      offset: r.offset,
      monitor: r.monitor.save(),
      reported: [...r.reported],
      stopped: r.stopped,
    }))
    const evidence = this.#evidence.save()
    return {
      points: this.#points,
      formulas,
      evidence,
      explained: this.#explained,
    } satisfies Saved
  }

  /**
   * Formulas that were not saved, or read otherwise since, start afresh from here on: a set may
   * grow and change between. Throws MonitorError `bad-state` for a set that is in use.
   */
  restore(saved: unknown): void {
    const { points, formulas, evidence, explained = 0 } = saved as Saved
    this.#points = points
    this.#explained = explained
    this.#evidence.restore(evidence)
    for (const running of this.#running) {
      const { id } = running.document
      const state = formulas.find((s) => s.id === id && s.key === running.key)
      running.offset = state?.offset ?? points
      if (!state) continue
      running.monitor.restore(state.monitor)
      for (const [lead, time] of state.reported) running.reported.set(lead, time)
      running.stopped = state.stopped
    }
  }
}

/** What a monitor's state depends on: the formula's text, and the types of its predicates. */
function keyOfFormula({ source, signature, formula }: CompiledFormula): string {
  const types = [...formula.predicates].sort().map((name) => [name, signature.get(name)?.types])
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([source, types])))).slice(0, 32)
}

/** The values that stand in the templates of the lead entities. */
function leadValues(
  document: FormulaDocument,
  valuation: Readonly<Record<string, Value>>,
): Value[] {
  const names = document.lead.flatMap((t) => [...t.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? ''))
  return names.flatMap((name) => valuation[name] ?? [])
}

/**
 * Keeps the latest report of each lead; what is older than the suppression is forgotten now and
 * then.
 */
function remember(reported: Map<string, number>, key: string, now: number, span: number): void {
  reported.set(key, now)
  if (reported.size < 1024) return
  for (const [other, time] of reported) if (now - time >= span) reported.delete(other)
}
