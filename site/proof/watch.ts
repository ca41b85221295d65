import { BrowserWitness, type WitnessStatus } from '../../range/client/witness.ts'
import { browserStore, memoryStore, type WitnessStore } from '../../range/client/witness-store.ts'
import { readWitnessed, type WitnessedBy } from '../../range/client/witnessed.ts'
import { tilePath } from '../../range/ledger/tile.ts'
import { readDevice, writeDevice } from '../device.ts'

const QUIET_MS = 3000
const RETRY_MS = 5000
/** Every so many rounds the log's key is compared again, and the checkpoint read under the lock. */
const ROUNDS_BETWEEN = 10

export interface Watch {
  /** Hears of a checkpoint, cosigned or not, from others. */
  readonly hear: (note: string) => void
  readonly stop: () => void
}

/** What to watch, as whom: `seat` is the seat's token, '' for nobody. */
export interface Watched {
  readonly exercise: string
  readonly seat: string
  readonly vkey: string
}

/** Why this browser watches and does not sign; undefined where it signs. */
export type Unsigned = 'insecure' | 'no-store' | 'no-seat'

/**
 * Makes this browser a witness of an exercise's log until `stop`. Where it cannot keep a key (plain
 * HTTP from another machine) or has no seat, it still compares what it is shown with what it saw.
 */
export async function watchLog(
  { exercise, seat, vkey }: Watched,
  told: (status: WitnessStatus) => void,
): Promise<Watch & { readonly unsigned: Unsigned | undefined }> {
  const store = await usableStore(exercise)
  const unsigned: Unsigned | undefined =
    store === undefined
      ? isSecureContext
        ? 'no-store'
        : 'insecure'
      : seat === ''
        ? 'no-seat'
        : undefined
  const witness = new BrowserWitness({
    vkey,
    store: store ?? memoryStore(),
    signs: unsigned === undefined,
    onStatus: told,
    sources: {
      checkpoint: () => readText(exercise, 'round'),
      key: async () => (await readText(exercise, 'key.pub'))?.trim(),
      async tile(tile) {
        const answer = await fetch(address(exercise, tilePath(tile)))
        return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : undefined
      },
      enrol: (key) => post(exercise, 'witness', key, { 'x-seat': seat }),
      handIn: (note) => post(exercise, 'add-cosignature', note),
      accuse: (note) => post(exercise, 'add-cosignature', note),
    },
  })
  const leaving = new AbortController()
  void follow(exercise, witness, leaving.signal)
  return {
    unsigned,
    hear: (note) => {
      void witness.hear(note)
    },
    stop: () => {
      leaving.abort()
    },
  }
}

/** Takes part in every round: waits for its checkpoint, cosigns, and waits for the next. */
async function follow(
  exercise: string,
  witness: BrowserWitness,
  leaving: AbortSignal,
): Promise<void> {
  let note: string | undefined
  for (let round = 0; !leaving.aborted; round++) {
    await witness.look(round % ROUNDS_BETWEEN === 0 ? undefined : note)
    const after = note?.split('\n', 2)[1] ?? '0'
    note = await readText(exercise, `round?after=${after}`, leaving).catch(() => undefined)
    if (note === undefined) await pause(RETRY_MS, leaving)
  }
}

function pause(ms: number, leaving: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
    leaving.addEventListener('abort', () => resolve(), { once: true })
  })
}

/**
 * While a page of the exercise is open its browser witnesses, from a quiet moment on. Returns what
 * ends it.
 */
export function watchQuietly(
  exercise: string,
  seat: string,
  told: (status: WitnessStatus) => void,
): () => void {
  let stop: (() => void) | undefined
  let over = false
  const timer = setTimeout(() => {
    void readText(exercise, 'key.pub').then(
      async (shown) => {
        const key = pinnedKey(exercise, shown?.trim())
        if (key === undefined || over) return
        const watch = await watchLog({ exercise, seat, vkey: key }, told)
        stop = watch.stop
        if (over) watch.stop()
      },
      () => undefined,
    )
  }, QUIET_MS)
  return () => {
    over = true
    clearTimeout(timer)
    stop?.()
  }
}

/** Who witnesses the log; undefined where nothing could be had. */
export function askWitnessed(exercise: string, vkey: string): Promise<WitnessedBy | undefined> {
  const read = (name: string) => readText(exercise, name).catch(() => undefined)
  return readWitnessed(read, vkey, Date.now())
}

/** Whether the named witnesses (trainer, servers) are those this browser saw first. */
export function sameNamed(exercise: string, named: readonly string[]): boolean {
  const name = `ledger-named.${exercise}`
  const before = readDevice(name)
  if (before === undefined && named.length > 0) writeDevice(name, named.join(' '))
  return before === undefined || named.every((vkey) => before.split(' ').includes(vkey))
}

/** The key this browser saw at its first visit, which the one shown now becomes if it is. */
function pinnedKey(exercise: string, shown: string | undefined): string | undefined {
  const pinned = readDevice(`ledger-key.${exercise}`)
  if (pinned === undefined && shown !== undefined) writeDevice(`ledger-key.${exercise}`, shown)
  return pinned ?? shown
}

/** Browsers may offer a store and then refuse it, as some do in private windows. */
async function usableStore(exercise: string): Promise<WitnessStore | undefined> {
  const store = browserStore(exercise)
  try {
    await store?.read()
    return store
  } catch {
    return undefined
  }
}

function address(exercise: string, name: string): string {
  return `/ledger/${encodeURIComponent(exercise)}/${name}`
}

async function readText(
  exercise: string,
  name: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const answer = await fetch(address(exercise, name), signal === undefined ? {} : { signal })
  return answer.ok ? answer.text() : undefined
}

async function post(
  exercise: string,
  name: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const answer = await fetch(address(exercise, name), { method: 'POST', body, headers })
  return answer.ok
}
