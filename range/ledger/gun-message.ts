import type { Sha256 } from './bytes.ts'
import { isValueKey, SPACES, VALUE_BYTES_MAX, valueKey, type Space } from './replica.ts'

/** What a Gun peer may say to us, rebuilt field by field. */
export type GunMessage =
  | { readonly kind: 'get'; readonly id: string; readonly space: Space; readonly key: string }
  | {
      readonly kind: 'put'
      readonly id: string
      readonly ack: string | undefined
      readonly space: Space
      readonly key: string
      readonly value: string
    }
  /** "I have nothing", in answer to a get of ours. */
  | { readonly kind: 'none'; readonly ack: string }
  /** Handshakes, acknowledgements, heartbeats: harmless, and not passed on. */
  | { readonly kind: 'idle' }

export type GunRefusal =
  | 'not-json'
  | 'too-large'
  | 'too-many'
  | 'bad-id'
  | 'bad-shape'
  | 'bad-soul'
  | 'bad-key'
  | 'bad-value'
  | 'bad-hash'
  | 'future-state'
  | 'forbidden-command'

export type GunFrame =
  | { readonly ok: true; readonly messages: readonly GunMessage[] }
  | { readonly ok: false; readonly code: GunRefusal }

export const FRAME_BYTES_MAX = 65_536 * 2
export const FRAME_MESSAGES_MAX = 128

/** A peer's clock may be this far ahead. States are set to 1 anyway: nothing here ever changes. */
const AHEAD_MS_MAX = 60_000
const KEYS_PER_PUT_MAX = 128

interface Bag {
  readonly [key: string]: unknown
}

/**
 * Parses one frame of a Gun peer, or refuses all of it. Only gets and puts of single keys in the
 * four spaces pass; every value is hashed again against its key. `now` is Unix milliseconds. What
 * passes holds nothing of the peer's but checked strings.
 */
export function parseGunFrame(text: string, now: number, sha256: Sha256): GunFrame {
  if (text.length > FRAME_BYTES_MAX) return { ok: false, code: 'too-large' }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, code: 'not-json' }
  }
  const rows = Array.isArray(value) ? value : [value]
  if (rows.length > FRAME_MESSAGES_MAX) return { ok: false, code: 'too-many' }
  const messages: GunMessage[] = []
  for (const row of rows) {
    const outcome = isBag(row) ? parseMessage(row, now, sha256) : 'bad-shape'
    if (typeof outcome === 'string') return { ok: false, code: outcome }
    messages.push(...outcome)
  }
  return { ok: true, messages }
}

/** The message Gun expects for a put; every state is 1. */
export function gunPut(message: {
  readonly id: string
  readonly ack?: string | undefined
  readonly space: Space
  readonly key: string
  readonly value: string
}): Record<string, unknown> {
  const { id, ack, space, key, value } = message
  const soul = `${space}#`
  const node = { _: { '#': soul, '>': { [key]: 1 } }, [key]: value }
  return { '#': id, ...(ack === undefined ? {} : { '@': ack }), put: { [soul]: node } }
}

/** The message Gun expects for a get. */
export function gunGet(id: string, space: Space, key: string): Record<string, unknown> {
  return { '#': id, get: { '#': `${space}#`, '.': key } }
}

function parseMessage(row: Bag, now: number, sha256: Sha256): GunMessage[] | GunRefusal {
  if (own(row, 'dam') !== undefined) return parseCommand(row)
  const id = own(row, '#')
  const ack = own(row, '@')
  if (id !== undefined && !isId(id)) return 'bad-id'
  if (ack !== undefined && !isId(ack)) return 'bad-id'
  const [get, put, hash] = [own(row, 'get'), own(row, 'put'), own(row, '##')]
  if (hash !== undefined && !Number.isSafeInteger(hash)) return 'bad-shape'
  if (get !== undefined && put !== undefined) return 'bad-shape'
  if (get !== undefined) return isBag(get) && id !== undefined ? parseGet(id, get) : 'bad-shape'
  if (put === undefined || put === null) return ack === undefined ? idle() : [{ kind: 'none', ack }]
  return isBag(put) && id !== undefined ? parsePut({ id, ack, put }, now, sha256) : 'bad-shape'
}

/**
 * Gun's own commands: greetings and complaints are swallowed, whatever opens connections is
 * refused.
 */
function parseCommand(row: Bag): GunMessage[] | GunRefusal {
  const command = own(row, 'dam')
  return command === 'hi' || command === '?' || command === '!' ? idle() : 'forbidden-command'
}

function parseGet(id: string, get: Bag): GunMessage[] | GunRefusal {
  if (Object.keys(get).length !== 2) return 'bad-shape'
  const space = spaceOf(own(get, '#'))
  const key = own(get, '.')
  if (space === undefined) return 'bad-soul'
  if (typeof key !== 'string' || !isValueKey(key)) return 'bad-key'
  return [{ kind: 'get', id, space, key }]
}

function parsePut(
  message: { readonly id: string; readonly ack: string | undefined; readonly put: Bag },
  now: number,
  sha256: Sha256,
): GunMessage[] | GunRefusal {
  const [soul, ...others] = Object.keys(message.put)
  const space = spaceOf(soul)
  if (others.length > 0) return 'bad-shape'
  if (space === undefined) return 'bad-soul'
  const node = own(message.put, soul!)
  const meta = isBag(node) ? own(node, '_') : undefined
  const states = isBag(meta) ? own(meta, '>') : undefined
  if (!isBag(node) || !isBag(meta) || !isBag(states) || own(meta, '#') !== soul) return 'bad-shape'
  const keys = Object.keys(node).filter((key) => key !== '_')
  if (keys.length === 0 || keys.length > KEYS_PER_PUT_MAX) return 'bad-shape'
  const messages: GunMessage[] = []
  for (const key of keys) {
    const value = own(node, key)
    const refusal = refuseValue(key, value, own(states, key), now, sha256)
    if (refusal !== undefined) return refusal
    const id = keys.length === 1 ? message.id : `${message.id.slice(0, 24)}x${messages.length}`
    messages.push({ kind: 'put', id, ack: message.ack, space, key, value: value as string })
  }
  return messages
}

function refuseValue(
  key: string,
  value: unknown,
  state: unknown,
  now: number,
  sha256: Sha256,
): GunRefusal | undefined {
  if (!isValueKey(key)) return 'bad-key'
  if (typeof value !== 'string' || !value.isWellFormed()) return 'bad-value'
  if (value.length > VALUE_BYTES_MAX) return 'too-large'
  if (typeof state !== 'number' || !Number.isFinite(state) || state < 0) return 'bad-shape'
  if (state > now + AHEAD_MS_MAX) return 'future-state'
  return valueKey(value, sha256) === key ? undefined : 'bad-hash'
}

function idle(): GunMessage[] {
  return [{ kind: 'idle' }]
}

function spaceOf(soul: unknown): Space | undefined {
  return SPACES.find((space) => soul === `${space}#`)
}

function isId(value: unknown): value is string {
  return (
    typeof value === 'string' && /^[A-Za-z0-9]{1,32}$/.test(value) && !(value in Object.prototype)
  )
}

function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Never what an object inherits. */
function own(bag: Bag, key: string): unknown {
  return Object.hasOwn(bag, key) ? bag[key] : undefined
}
