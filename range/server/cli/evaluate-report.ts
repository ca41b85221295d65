import type { ReasoningKind } from '../../../engine/alert/alert.ts'
import { wilson } from '../../exercise/evaluate.ts'
import { thresholdOf, type Peak } from './evaluate-baseline.ts'
import type { RunResult } from './evaluate.ts'

export const BENIGN = 'quiet-day'
const KINDS: readonly ReasoningKind[] = ['R', 'T', 'M', 'P', 'I']
/** False alarms a benign day that the naive baseline may raise for each attack: about our own. */
const BASELINE_BUDGET = 0.2

export interface AttackLine {
  readonly id: string
  readonly runs: number
  readonly detected: number
  /** Wilson. */
  readonly interval95: readonly [number, number]
  readonly byKind: Readonly<Record<string, number>>
  readonly secondsToDetect: {
    readonly median: number
    readonly p90: number
    readonly worst: number
  } | null
  readonly idle: number
  /** Mean over runs; units as in RunResult. */
  readonly damage: number
  readonly missed: readonly string[]
}
export interface Report {
  readonly attacks: readonly AttackLine[]
  readonly benign: {
    readonly hours: number
    readonly days: number
    readonly falseIncidents: number
    readonly perDay: number
    readonly falseAlerts: number
    readonly worstDay: number
    readonly examples: readonly string[]
    /** Innocent look-alikes by name: mean and least over the days. */
    readonly twins: readonly {
      readonly name: string
      readonly mean: number
      readonly least: number
    }[]
  }
  readonly besideAttacks: {
    readonly runs: number
    readonly falseIncidents: number
    readonly examples: readonly string[]
  }
  /** False incidents that each rule, formula, model or check had a part in; the worst first. */
  readonly byRule: readonly {
    readonly rule: string
    readonly kind: ReasoningKind
    readonly title: string
    readonly falseIncidents: number
    /** How many of them on benign days; the others beside attacks. */
    readonly benign: number
  }[]
  /** One fixed threshold on the attack's main rate, set on the benign days of this evaluation. */
  readonly baseline: readonly {
    readonly attack: string
    readonly threshold: number
    readonly runs: number
    readonly detected: number
  }[]
  readonly peaks: readonly {
    readonly scenario: string
    readonly seed: number
    readonly peaks: readonly Peak[]
  }[]
}

export function summarise(results: readonly RunResult[]): Report {
  const attacks = [
    ...new Set(
      results.flatMap((result) => [...result.detected.map((one) => one.attack), ...result.idle]),
    ),
  ].sort()
  const benign = results.filter((result) => result.scenario === BENIGN)
  const others = results.filter((result) => result.scenario !== BENIGN)
  const beside = others.flatMap((result) =>
    result.falseIncidents.map((one) => describe(result, one)),
  )
  const perDay = benign.map((result) => result.falseIncidents.length)
  const sum = perDay.reduce((a, b) => a + b, 0)
  return {
    attacks: attacks.map((id) => attackLine(id, results)),
    benign: {
      hours: benign.reduce((total, result) => total + result.hours, 0),
      days: benign.length,
      falseIncidents: sum,
      perDay: perDay.length === 0 ? 0 : sum / perDay.length,
      falseAlerts: benign.reduce((total, result) => total + result.falseAlerts, 0),
      worstDay: Math.max(0, ...perDay),
      examples: benign
        .flatMap((result) => result.falseIncidents.map((one) => describe(result, one)))
        .slice(0, 40),
      twins: twinsOf(benign),
    },
    besideAttacks: {
      runs: others.length,
      falseIncidents: beside.length,
      examples: beside.slice(0, 40),
    },
    byRule: byRule(results),
    baseline: baselineOf(benign, others),
    peaks: results.map(({ scenario, seed, peaks }) => ({ scenario, seed, peaks })),
  }
}

function attackLine(id: string, results: readonly RunResult[]): AttackLine {
  const runs = results.flatMap((result) => result.detected.filter((one) => one.attack === id))
  const hits = runs.filter((one) => one.seconds !== null)
  const seconds = hits.map((one) => one.seconds!).sort((a, b) => a - b)
  const at = (share: number): number =>
    seconds[Math.min(seconds.length - 1, Math.floor(seconds.length * share))]!
  const missed = results.flatMap((result) =>
    result.detected
      .filter((one) => one.attack === id && one.seconds === null)
      .map(
        (one) =>
          `${result.scenario} seed ${result.seed}: ${JSON.stringify(one.params)}, damage ${one.damage}`,
      ),
  )
  return {
    id,
    runs: runs.length,
    detected: hits.length,
    interval95: wilson(hits.length, runs.length),
    byKind: Object.fromEntries(
      KINDS.map((kind) => [kind, hits.filter((one) => one.kinds.includes(kind)).length]),
    ),
    secondsToDetect:
      seconds.length === 0 ? null : { median: at(0.5), p90: at(0.9), worst: seconds.at(-1)! },
    idle: results.filter((result) => result.idle.includes(id)).length,
    damage: runs.length === 0 ? 0 : runs.reduce((sum, one) => sum + one.damage, 0) / runs.length,
    missed,
  }
}

function twinsOf(days: readonly RunResult[]): Report['benign']['twins'] {
  const names = [...new Set(days.flatMap((day) => Object.keys(day.twins)))].sort()
  return names.map((name) => {
    const counts = days.map((day) => day.twins[name] ?? 0)
    return {
      name,
      mean: counts.reduce((a, b) => a + b, 0) / counts.length,
      least: Math.min(...counts),
    }
  })
}

function byRule(results: readonly RunResult[]): Report['byRule'] {
  const lines = new Map<string, { -readonly [K in keyof Line]: Line[K] }>()
  for (const result of results)
    for (const { id, kind, title } of result.falseIncidents.flatMap((one) => one.detectors)) {
      const line = lines.get(id) ?? { rule: id, kind, title, falseIncidents: 0, benign: 0 }
      line.falseIncidents += 1
      line.benign += result.scenario === BENIGN ? 1 : 0
      lines.set(id, line)
    }
  return [...lines.values()].sort(
    (a, b) => b.falseIncidents - a.falseIncidents || (a.rule < b.rule ? -1 : 1),
  )
}
type Line = Report['byRule'][number]

function baselineOf(
  benign: readonly RunResult[],
  others: readonly RunResult[],
): Report['baseline'] {
  if (benign.length === 0) return []
  return (benign[0]?.peaks ?? []).map(({ attack }) => {
    const threshold = thresholdOf(
      attack,
      benign.map((day) => day.peaks),
      BASELINE_BUDGET,
    )
    const guilty = others.flatMap(
      (result) => result.peaks.find((one) => one.attack === attack)?.guilty ?? [],
    )
    return {
      attack,
      threshold,
      runs: guilty.length,
      detected: guilty.filter((peak) => peak >= threshold).length,
    }
  })
}

function describe(result: RunResult, one: RunResult['falseIncidents'][number]): string {
  const minute = Math.floor(one.opened / 60_000)
  return `${result.scenario} seed ${result.seed} at ${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}: ${one.title} [${one.family} ${one.kinds.join('')}] ${one.lead.join(' ')} by ${one.detectors.map(({ id }) => id).join(', ')}`
}

export function inWords(report: Report): string {
  const rows = report.attacks.flatMap(attackWords)
  const { benign } = report
  if (benign.days > 0) {
    rows.push(
      `benign: ${benign.falseIncidents} false incidents in ${benign.days} days (${benign.perDay.toFixed(2)} a day, worst ${benign.worstDay}), ${benign.falseAlerts} alerts`,
    )
    rows.push(...benign.examples.map((line) => `  ${line}`))
    rows.push(
      `innocent look-alikes a day (least): ${benign.twins.map(({ name, mean, least }) => `${name} ${mean.toFixed(1)} (${least})`).join(', ')}`,
    )
    rows.push(
      ...report.baseline
        .filter(({ runs }) => runs > 0)
        .map(
          ({ attack, threshold, runs, detected }) =>
            `one fixed threshold for ${attack}: ${threshold} would detect ${detected} of ${runs}`,
        ),
    )
  }
  rows.push(
    `beside attacks: ${report.besideAttacks.falseIncidents} false incidents in ${report.besideAttacks.runs} runs`,
    ...report.besideAttacks.examples.map((line) => `  ${line}`),
    ...ruleWords(report),
  )
  return `${rows.join('\n')}\n`
}

function ruleWords({ byRule: lines }: Report): string[] {
  if (lines.length === 0) return ['no rule, formula, model or check had a part in a false incident']
  return [
    'false incidents by rule, formula, model or check (on benign days):',
    ...lines.map(
      ({ rule, kind, title, falseIncidents, benign }) =>
        `  ${falseIncidents} (${benign}) ${kind} ${rule}: ${title}`,
    ),
  ]
}

function attackWords(attack: AttackLine): string[] {
  const [low, high] = attack.interval95.map((value) => `${Math.round(value * 100)} %`) as [
    string,
    string,
  ]
  const kinds = Object.entries(attack.byKind)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ')
  const time = attack.secondsToDetect
  const idle = attack.idle === 0 ? '' : `, ${attack.idle} came to nothing`
  return [
    `${attack.id.padEnd(4)} detected ${attack.detected} of ${attack.runs} (95 %: ${low} to ${high}), median ${time?.median ?? '–'} s, worst ${time?.worst ?? '–'} s, by ${kinds || 'none'}; damage ${attack.damage.toFixed(1)}${idle}`,
    ...attack.missed.map((line) => `  missed: ${line}`),
  ]
}
