import { checkOwnMoves, type Finding, type OwnMovesResult } from '../../range/client/own-moves.ts'
import type { ReceiptMessage } from '../../range/protocol/message.ts'
import { readDevice } from '../device.ts'
import { readReceipts } from './receipts.ts'

/** What a receipt can show that nobody may overlook. */
export type Alarm = Extract<Finding['state'], 'unlogged' | 'bent' | 'refused'>

const CALM_MS = 45_000
/** After the end the record is sealed within a moment. */
const END_MS = 4000
/** Receipts looked up in one go: a handful of bundles, since they follow each other. */
const AT_ONCE = 32
/** Goes after the end: as many as a browser keeps receipts for. */
const GOES_MAX = 13

export interface ReceiptSources {
  readonly read: () => readonly ReceiptMessage[]
  readonly check: (messages: readonly ReceiptMessage[]) => Promise<OwnMovesResult | undefined>
  readonly raise: (alarm: Alarm) => void
}

/**
 * Looks receipts up by itself, the oldest first, 32 in one go; each until it is found, then never
 * again. Without receipts it asks nothing. A record that cannot be read is tried again later.
 */
export class ReceiptWatch {
  readonly #settled = new Set<string>()
  readonly #sources: ReceiptSources
  #looking = false

  constructor(sources: ReceiptSources) {
    this.#sources = sources
  }

  /** One go; gives how many receipts were settled by it. */
  async look(): Promise<number> {
    const open = this.#sources.read().filter(({ id }) => !this.#settled.has(id))
    if (open.length === 0 || this.#looking) return 0
    this.#looking = true
    try {
      const asked = open.slice(0, AT_ONCE)
      const result = await this.#sources.check(asked)
      return result?.ok === true ? this.#learn(asked, result.findings) : 0
    } finally {
      this.#looking = false
    }
  }

  #learn(asked: readonly ReceiptMessage[], findings: readonly Finding[]): number {
    let settled = 0
    for (const [i, { state }] of findings.entries()) {
      if (state === 'due') continue
      this.#settled.add(asked[i]!.id)
      settled += 1
      if (state !== 'logged') this.#sources.raise(state)
    }
    return settled
  }
}

/**
 * Looks this browser's receipts up every three quarters of a minute as long as the page is seen,
 * and at the end all of them. `ended` once the screen shows the end.
 */
export function watchReceipts(
  exercise: string,
  raise: (alarm: Alarm) => void,
): { readonly ended: () => void; readonly stop: () => void } {
  const watch = new ReceiptWatch({
    read: () => readReceipts(exercise),
    check: (messages) => lookUp(exercise, messages),
    raise,
  })
  const look = (): Promise<number> => watch.look().catch(() => 0)
  const every = setInterval(() => {
    if (document.visibilityState === 'visible') void look()
  }, CALM_MS)
  let last: ReturnType<typeof setTimeout> | undefined
  return {
    ended: () => {
      last ??= setTimeout(() => {
        void (async () => {
          for (let go = 0; go < GOES_MAX && (await look()) > 0; go++);
        })()
      }, END_MS)
    },
    stop: () => {
      clearInterval(every)
      clearTimeout(last)
    },
  }
}

async function lookUp(
  exercise: string,
  messages: readonly ReceiptMessage[],
): Promise<OwnMovesResult | undefined> {
  const key = await keyOf(exercise)
  if (key === undefined) return undefined
  const answer = await fetch(`/api/exercises/${encodeURIComponent(exercise)}/ledger`)
  const { sealed } = (await answer.json()) as { sealed?: unknown }
  return checkOwnMoves({ ledger: exercise, vkey: key, ended: sealed === true }, messages)
}

/** The log's key as this browser saw it first, else as it is shown. */
async function keyOf(exercise: string): Promise<string | undefined> {
  const pinned = readDevice(`ledger-key.${exercise}`)
  if (pinned !== undefined) return pinned
  const answer = await fetch(`/ledger/${encodeURIComponent(exercise)}/key.pub`)
  return answer.ok ? (await answer.text()).trim() : undefined
}
