import type { Json } from '../event/json.ts'
import type { Telemetry } from '../event/telemetry.ts'
import { isEpcis } from '../event/telemetry.ts'

/** Authorisations are looked at over the last 1, 10 and 60 minutes, once a minute. */
export const STEP_MS = 60_000
export const WINDOW_MS = 10 * 60_000
export const HISTORY_MS = 60 * 60_000
/**
 * Authorisations kept, the oldest are forgotten beyond; at ten a second the hour is then 13
 * minutes.
 */
export const KEPT_MAX = 8192
/** Subjects looked at in one minute, those with most authorisations first. */
export const SUBJECTS_MAX = 512
/** Amounts up to this are small: what a card is tried with. */
export const SMALL_MINOR = 500

export type SubjectKind = 'ip' | 'bin' | 'shop'

/**
 * Columns of a row. Counts enter as square roots, which even out their spread; shares are 0 to 1.
 */
export const FEATURES = [
  'is-ip',
  'is-bin',
  'is-shop',
  'tries-1m',
  'tries-10m',
  'tries-60m',
  'declines-10m',
  'declined-share',
  'hard-declines-10m',
  'cards-10m',
  'cards-60m',
  'addresses-10m',
  'ranges-10m',
  'countries-10m',
  'sessions-10m',
  'small-share',
  'small-count',
  'mean-amount',
  'amount-spread',
  'no-strong-authentication-share',
  'cards-per-session',
  'burst-over-own-hour',
  'orders-per-card',
] as const
/** Columns that say what the row is of: given to the network, not asked back. */
export const CONDITIONS = 3

export interface WindowRow {
  readonly kind: SubjectKind
  readonly subject: string
  /** Authorisations of the last ten minutes. */
  readonly tries: number
  /** Those that were declined. */
  readonly declines: number
  /** FEATURES.length numbers. */
  readonly row: readonly number[]
  /** Addresses by declined cards, as `foremost` has them; then cards, and telemetry uids. */
  readonly addresses: readonly string[]
  readonly cards: readonly string[]
  readonly uids: readonly string[]
}

interface Try {
  readonly time: number
  readonly ip: string
  readonly bin: string
  readonly card: string
  readonly country: string
  readonly session: string
  readonly order: string
  readonly amount: number
  readonly code: string
  readonly sca: string
  readonly uid: string
}

/**
 * Sliding windows over authorisations by address, card range and shop. Bounded by KEPT_MAX tries.
 */
export class PaymentWindows {
  #tries: Try[] = []
  #next: number | null = null

  see(event: Telemetry): void {
    const { body } = event
    if (isEpcis(body) || body.class_uid !== 99901 || body.payment.message !== 'authorisation')
      return
    const {
      card,
      amount_minor: amount,
      response_code: code,
      sca,
      merchant_reference: order,
    } = body.payment
    this.#tries.push({
      time: event.time,
      ip: body.src_endpoint.ip,
      bin: card.bin,
      card: card.token,
      country: card.country,
      session: body.session?.uid ?? body.src_endpoint.ip,
      order,
      amount,
      code,
      sca,
      uid: event.uid,
    })
    if (this.#tries.length > KEPT_MAX) this.#tries.splice(0, KEPT_MAX / 8)
  }

  /**
   * The rows of the minutes that ended by `now`: subjects with a try in the last minute, or none.
   * At most one minute's. Tries of addresses in `known` count for the address alone, no longer for
   * card range and shop.
   */
  close(now: number, known: ReadonlySet<string> = NOBODY): WindowRow[] {
    this.#next ??= (Math.floor(now / STEP_MS) + 1) * STEP_MS
    if (now < this.#next) return []
    const end = Math.floor(now / STEP_MS) * STEP_MS
    this.#next = end + STEP_MS
    this.#tries = this.#tries.filter((each) => each.time > end - HISTORY_MS)
    const subjects = subjectsOf(this.#tries, end, known)
    return subjects.map(({ kind, subject, tries }) => rowOf(kind, subject, tries, end))
  }

  save(): Json {
    return { tries: this.#tries.map((each) => ({ ...each })), next: this.#next }
  }

  restore(saved: Json): void {
    const from = structuredClone(saved) as unknown as { tries: Try[]; next: number | null }
    this.#tries = from.tries
    this.#next = from.next
  }
}

const NOBODY: ReadonlySet<string> = new Set()

interface Subject {
  readonly kind: SubjectKind
  readonly subject: string
  readonly tries: Try[]
}

function subjectsOf(tries: readonly Try[], end: number, left: ReadonlySet<string>): Subject[] {
  const subjects = new Map<string, Subject>()
  const active = new Set<string>()
  for (const each of tries) {
    if (each.time > end) continue
    for (const [kind, subject] of [
      ['ip', each.ip],
      ['bin', each.bin],
      ['shop', 'shop'],
    ] as const) {
      if (kind !== 'ip' && left.has(each.ip)) continue
      const key = `${kind} ${subject}`
      const known = subjects.get(key) ?? { kind, subject, tries: [] }
      known.tries.push(each)
      subjects.set(key, known)
      if (each.time > end - STEP_MS) active.add(key)
    }
  }
  const list = [...subjects].filter(([key]) => active.has(key)).map(([, subject]) => subject)
  return list
    .sort((a, b) => b.tries.length - a.tries.length || (a.subject < b.subject ? -1 : 1))
    .slice(0, SUBJECTS_MAX)
}

function rowOf(kind: SubjectKind, subject: string, hour: readonly Try[], end: number): WindowRow {
  const recent = hour.filter((each) => each.time > end - WINDOW_MS && each.time <= end)
  const minute = recent.filter((each) => each.time > end - STEP_MS)
  const declined = recent.filter(isDeclined)
  const small = recent.filter((each) => each.amount <= SMALL_MINOR)
  const count = recent.length
  const mean =
    count === 0 ? 0 : recent.reduce((sum, each) => sum + Math.sqrt(each.amount / 100), 0) / count
  const spread =
    recent.reduce((sum, each) => sum + squared(Math.sqrt(each.amount / 100) - mean), 0) /
    Math.max(1, count)
  const cards = distinct(recent, 'card')
  const sessions = distinct(recent, 'session')
  const row = [
    kind === 'ip' ? 1 : 0,
    kind === 'bin' ? 1 : 0,
    kind === 'shop' ? 1 : 0,
    Math.sqrt(minute.length),
    Math.sqrt(count),
    Math.sqrt(hour.length),
    Math.sqrt(declined.length),
    share(declined.length, count),
    Math.sqrt(declined.filter(isHard).length),
    Math.sqrt(cards),
    Math.sqrt(distinct(hour, 'card')),
    Math.sqrt(distinct(recent, 'ip')),
    Math.sqrt(distinct(recent, 'bin')),
    Math.sqrt(distinct(recent, 'country')),
    Math.sqrt(sessions),
    share(small.length, count),
    Math.sqrt(small.length),
    mean,
    Math.sqrt(spread),
    share(recent.filter(isUnasked).length, count),
    Math.sqrt(cards / Math.max(1, sessions)),
    Math.sqrt((6 * count) / (hour.length + 6)),
    Math.sqrt(distinct(recent, 'order') / Math.max(1, cards)),
  ]
  const suspects = declined.length > 0 ? declined : recent
  return {
    kind,
    subject,
    tries: count,
    declines: declined.length,
    row,
    addresses: kind === 'ip' ? [subject] : foremost(suspects),
    cards: ranked(suspects.map((each) => each.card)),
    uids: suspects.slice(-16).map((each) => each.uid),
  }
}

function isDeclined(each: Try): boolean {
  return each.code !== '00' && each.code !== '1A'
}

function isHard(each: Try): boolean {
  return each.code === '14' || each.code === '54'
}

function isUnasked(each: Try): boolean {
  return each.sca === 'none' || each.sca === 'exempt'
}

/** Smoothed towards nothing: one of one is weak evidence. */
function share(part: number, whole: number): number {
  return part / (whole + 2)
}

function distinct(
  tries: readonly Try[],
  field: 'card' | 'ip' | 'bin' | 'country' | 'session' | 'order',
): number {
  return new Set(tries.map((each) => each[field])).size
}

function ranked(values: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([value]) => value)
}

/**
 * Addresses by how many different cards were tried there, most first; those with half as many as
 * the first, or fewer, are left out: who was declined nearby, once or with one card again and
 * again, is not accused.
 */
function foremost(tries: readonly Try[]): string[] {
  const cards = new Map<string, Set<string>>()
  for (const { ip, card } of tries) cards.set(ip, (cards.get(ip) ?? new Set()).add(card))
  const size = (ip: string): number => (cards.get(ip) as Set<string>).size
  const most = Math.max(0, ...[...cards.values()].map((set) => set.size))
  return ranked(tries.map(({ ip }) => ip))
    .filter((ip) => 2 * size(ip) > most)
    .sort((a, b) => size(b) - size(a))
}

function squared(x: number): number {
  return x * x
}
