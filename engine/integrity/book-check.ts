import type { AlertExplanation } from '../alert/alert.ts'
import type { Detector, Finding } from '../alert/finding.ts'
import type { Json } from '../event/json.ts'
import {
  isEpcis,
  type BookActivity,
  type BookHead as Head,
  type Telemetry,
} from '../event/telemetry.ts'
import { appends, includes } from './merkle.ts'

/** Witnesses whose last head is remembered, and sizes whose root is; the oldest are forgotten. */
const WITNESSES_MAX = 64
const SIZES_MAX = 4_096

type Look = Extract<BookActivity['book'], { operation: 'look' }>
type Rebuild = Extract<BookActivity['book'], { operation: 'rebuild' }>
interface Known {
  readonly size: number
  readonly root: string
  readonly by: string[]
}

/**
 * Kind I, attack I4: the heads that witnesses report of the shop's book. Each new one must lead on
 * from what that witness kept before, which is computed again here from the path, and no two
 * witnesses may have been shown two roots at one size. A witness that is not heard of, a head that
 * comes late, and a row that takes another one back raise nothing. State: a head a witness, a root
 * a size.
 */
export function createBookCheck(): Detector {
  return new BookCheck()
}

class BookCheck implements Detector {
  readonly name = 'book-check'
  readonly #last = new Map<string, Head>()
  readonly #known = new Map<number, Known>()

  see(event: Telemetry): Finding[] {
    if (isEpcis(event.body) || event.body.class_uid !== 99902) return []
    const { actor, book } = event.body
    if (book.operation === 'look') return this.#look(event, actor.user.uid, book)
    return book.operation === 'rebuild' ? this.#rebuilt(event, book) : []
  }

  tick(): Finding[] {
    return []
  }

  save(): Json {
    return JSON.parse(
      JSON.stringify({ last: [...this.#last], known: [...this.#known.values()] }),
    ) as Json
  }

  restore(saved: Json): void {
    const from = structuredClone(saved) as unknown as {
      last: [string, Head][]
      known: Known[]
    }
    this.#last.clear()
    this.#known.clear()
    for (const [witness, head] of from.last) this.#last.set(witness, head)
    for (const known of from.known) this.#known.set(known.size, known)
  }

  #look(event: Telemetry, witness: string, look: Look): Finding[] {
    const { shown, path } = look
    const before = this.#last.get(witness) ?? look.kept
    const leadsOn = before === null || appends(before, shown, path)
    if (!leadsOn || !look.accepted) return [brokenHistory(event, witness, before, look, leadsOn)]
    this.#keep(witness, shown)
    const known = this.#known.get(shown.size)
    if (known !== undefined && known.root !== shown.root)
      return [twoStories(event, witness, shown, known)]
    this.#learn(witness, shown)
    return []
  }

  #keep(witness: string, head: Head): void {
    if (!this.#last.has(witness) && this.#last.size >= WITNESSES_MAX) return
    this.#last.set(witness, { at: head.at, size: head.size, root: head.root })
  }

  #learn(witness: string, { size, root }: Head): void {
    const known = this.#known.get(size)
    if (known === undefined) this.#known.set(size, { size, root, by: [witness] })
    else if (!known.by.includes(witness) && known.by.length < WITNESSES_MAX) known.by.push(witness)
    if (this.#known.size > SIZES_MAX) this.#known.delete(this.#known.keys().next().value as number)
  }

  /**
   * A book put back on a head that a witness was heard to keep: whoever was shown another story
   * begins anew, and what only they saw is forgotten. On any other head it is one more change.
   */
  #rebuilt(event: Telemetry, { head }: Rebuild): Finding[] {
    const keeps = (witness: string): boolean => {
      const last = this.#last.get(witness)
      return last !== undefined && (last.size < head.size || last.root === head.root)
    }
    const sure = [...this.#last.values()].filter((last) => last.root === head.root).length
    const known = this.#known.get(head.size)
    if (known?.root !== head.root || sure === 0) return [rebuiltElsewhere(event, head)]
    for (const witness of [...this.#last.keys()]) if (!keeps(witness)) this.#last.delete(witness)
    for (const size of [...this.#known.keys()]) if (size > head.size) this.#known.delete(size)
    return []
  }
}

function finding(
  event: Telemetry,
  title: string,
  entities: readonly string[],
  explanation: AlertExplanation,
): Finding {
  return {
    time: event.time,
    kind: 'I',
    detector: 'book-check',
    family: 'insider',
    severity: 5,
    title,
    lead: ['device:book'],
    entities: ['device:book', ...new Set(entities)],
    evidence: [event.uid],
    score: 0.99,
    attack: 'I4',
    explanation,
  }
}
type Told = AlertExplanation['timeline'][number]
function told(event: Telemetry, text: string): Told {
  const { time, uid } = event
  return { kind: 'happened', from: time, to: time, text, uid, decisive: true }
}
/** A head as people compare it: its size and the beginning of its root. */
function short({ size, root }: { readonly size: number; readonly root: string }): string {
  return `${size} entries, root ${root.slice(0, 8)}`
}
function nameOf(witness: string): string {
  return witness.replace(/^witness:/, '')
}

/** `leadsOn`: the path was good, yet the rows were not those of the head: changed after it. */
function brokenHistory(
  event: Telemetry,
  witness: string,
  before: Head | null,
  look: Look,
  leadsOn: boolean,
): Finding {
  const { shown, differs } = look
  const who = nameOf(witness)
  const named = isProven(before, look) ? differs : null
  const title =
    named !== null
      ? named.kept === null
        ? `Entry ${named.index} of the book was put in and dated back, says ${who}`
        : `Entry ${named.index} of the book is not what ${who} kept`
      : shown.size < (before?.size ?? 0)
        ? `The book was shorter than what ${who} had kept of it`
        : leadsOn
          ? `The rows of the book do not give its own head, says ${who}`
          : `The book no longer leads on from what ${who} kept`
  const timeline = [
    ...(before === null ? [] : [told(event, `${who} kept ${short(before)}.`)]),
    told(event, `It was shown ${short(shown)}${leadsOn ? '.' : '; no path leads there.'}`),
    ...(named === null ? [] : entryTold(event, named)),
  ]
  const entities = [witness, ...orders(named?.kept ?? null), ...orders(named?.shown ?? null)]
  const sentence = `${title}: a record that was witnessed has been changed.`
  return finding(event, title, entities, { sentence, timeline })
}
/** What the witness says of a row is believed where hashing shows it. */
function isProven(before: Head | null, { differs, shown }: Look): boolean {
  if (before === null || differs === null) return false
  const { index, path } = differs
  if (differs.kept !== null) return includes(before, index, differs.kept, path)
  if (differs.shown === null || index < before.size) return false
  return dateOf(differs.shown) < before.at && includes(shown, index, differs.shown, path)
}
function entryTold(event: Telemetry, row: NonNullable<Look['differs']>): Told[] {
  if (row.kept === null)
    return [told(event, `Entry ${row.index}, ${row.shown}, is older than the head it kept.`)]
  return [
    told(event, `Entry ${row.index} was ${row.kept}, proven under the kept root.`),
    told(event, `It is now ${row.shown ?? 'gone'}.`),
  ]
}

function twoStories(event: Telemetry, witness: string, shown: Head, known: Known): Finding {
  const others = known.by.map(nameOf).join(', ')
  const both = `${nameOf(witness)} and ${others}`
  const title = `The book tells two stories: ${both} were shown different ones`
  const timeline = [
    told(event, `${nameOf(witness)} was shown ${short(shown)}.`),
    told(event, `${others} had been shown ${short(known)}.`),
  ]
  const why = 'whoever keeps the book shows different rows to different people'
  const sentence = `Two roots at ${shown.size} entries: ${why}.`
  return finding(event, title, [witness, ...known.by], { sentence, timeline })
}

function rebuiltElsewhere(event: Telemetry, head: Head): Finding {
  const title = 'The book was put back on a head that no witness keeps'
  const timeline = [told(event, `It now begins with ${short(head)}.`)]
  return finding(event, title, [], { sentence: `${title}.`, timeline })
}

/** The order that a row names: the third part of its text. */
function orders(text: string | null): string[] {
  const order = text === null ? null : partsOf(text)[2]
  return typeof order === 'string' && /^[A-Z0-9]{1,16}$/.test(order) ? [`order:${order}`] : []
}
/** When a row says that it happened: its first part; Infinity where it does not say. */
function dateOf(text: string): number {
  const at = partsOf(text)[0]
  return typeof at === 'number' ? at : Infinity
}
function partsOf(text: string): readonly unknown[] {
  try {
    const row: unknown = JSON.parse(text)
    return Array.isArray(row) ? row : []
  } catch {
    return []
  }
}
