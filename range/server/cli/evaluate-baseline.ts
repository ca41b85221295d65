import type { Telemetry } from '../../../engine/event/telemetry.ts'
import { isEpcis } from '../../../engine/event/telemetry.ts'
import type { Truth } from '../../exercise/types.ts'

/**
 * The naive detectors that ours are measured against: one count in one sliding window per subject,
 * one fixed threshold. Card testing by authorisations of an address in ten minutes, refunds by
 * requests of a person in an hour.
 */
const RATES = [
  { attack: 'P2', windowMs: 10 * 60_000 },
  { attack: 'I1', windowMs: 60 * 60_000 },
] as const

/**
 * Highest count that each kind of subject reached in one run: guilty ones per attack, and the
 * innocent, highest first.
 */
export interface Peak {
  readonly attack: string
  readonly guilty: number | null
  readonly innocent: readonly number[]
}
const INNOCENT_MAX = 12

export class RateBaseline {
  readonly #recent = new Map<string, number[]>()
  readonly #peaks = new Map<string, number>()

  see(event: Telemetry): void {
    const subject = subjectOf(event)
    if (subject === null) return
    const { windowMs } = RATES.find(({ attack }) => subject.startsWith(attack))!
    const times = (this.#recent.get(subject) ?? []).filter((time) => time > event.time - windowMs)
    times.push(event.time)
    this.#recent.set(subject, times)
    this.#peaks.set(subject, Math.max(this.#peaks.get(subject) ?? 0, times.length))
  }

  peaks(truths: readonly Truth[]): readonly Peak[] {
    return RATES.map(({ attack }) => {
      const truth = truths.find((one) => one.attack === attack && one.firstEffect !== null)
      const own = [...this.#peaks].filter(([subject]) => subject.startsWith(attack))
      const isGuilty = ([subject]: [string, number]): boolean =>
        truth?.actors.includes(subject.slice(attack.length + 1)) === true
      const innocent = own
        .filter((one) => !isGuilty(one))
        .map(([, count]) => count)
        .sort((a, b) => b - a)
        .slice(0, INNOCENT_MAX)
      return {
        attack,
        guilty:
          truth === undefined
            ? null
            : Math.max(0, ...own.filter(isGuilty).map(([, count]) => count)),
        innocent,
      }
    })
  }
}

function subjectOf({ body }: Telemetry): string | null {
  if (isEpcis(body)) return null
  if (body.class_uid === 99901)
    return body.payment.message === 'authorisation' ? `P2 ip:${body.src_endpoint.ip}` : null
  if (body.class_uid !== 6003 || body.api.operation !== 'refund.request') return null
  const { uid } = body.actor.user
  return `I1 ${uid.startsWith('staff:') ? uid : `staff:${uid}`}`
}

/**
 * The lowest threshold that at most `budget` innocent subjects reach on a benign day, on average.
 */
export function thresholdOf(
  attack: string,
  days: readonly (readonly Peak[])[],
  budget: number,
): number {
  const peaks = days.flatMap((day) => day.find((one) => one.attack === attack)?.innocent ?? [])
  let threshold = 1
  while (peaks.filter((peak) => peak >= threshold).length > budget * days.length) threshold++
  return threshold
}
