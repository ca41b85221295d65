import { createPrivateKey, createPublicKey, hkdfSync, randomBytes, sign } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { isEpcis, type EpcisEvent, type Telemetry } from '../../engine/event/telemetry.ts'
import { formatDidKey } from '../ledger/did-key.ts'
import {
  SIGNATURES_MAX,
  signedText,
  type Device,
  type DevicesEntry,
  type SignaturesEntry,
  type SignedEvent,
} from '../ledger/device-seal.ts'
import { epcisEventHash } from '../ledger/epcis-hash.ts'
import { deviceOf, epcisForm, NAMESPACES } from '../protocol/epcis-form.ts'
import { lockerRef, vanRef } from '../world/refs.ts'
import type { World } from '../world/types.ts'
import { nativeSha256 } from './ledger/native.ts'

/** DER of PKCS #8 for Ed25519, before the 32 bytes of the seed (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const SECRET_BYTES = 32

interface Held {
  readonly did: string
  readonly key: KeyObject
}

/**
 * The keys of an exercise's devices: couriers' and clerks' scanners, the gate, lockers and sensors.
 * Every key is derived from one random secret, which never leaves this object. One program plays
 * all devices here; in the world each key would lie in its device and nowhere else.
 */
export class Devices {
  readonly #secret: () => Buffer
  readonly #origin: string
  readonly #held = new Map<string, Held>()
  readonly #taken = new Set<string>()

  /**
   * `origin` is the log that these devices report to. The secret has 32 bytes, and is asked for
   * with each device's first signature: who only reads an ended exercise needs none.
   */
  constructor(secret: () => Buffer, origin: string) {
    this.#secret = secret
    this.#origin = origin
  }

  /** The entry that takes devices in by name; those that were taken in before are left out. */
  takeIn(at: number, names: readonly string[]): DevicesEntry[] {
    const fresh = [...new Set(names)].filter((name) => !this.#taken.has(name))
    for (const name of fresh) this.#taken.add(name)
    return pieces(fresh.map((id): Device => ({ id, did: this.#key(id).did }))).map((devices) => ({
      kind: 'devices',
      at,
      devices,
    }))
  }

  /**
   * The entries of one second: devices heard of for the first time, then the signature of each
   * EPCIS event by the device that reported it. None where nothing of the kind was reported. An
   * event whose hash is refused stays unsigned, and shows as such.
   */
  sealed(output: {
    readonly at: number
    readonly telemetry: readonly Telemetry[]
  }): readonly (DevicesEntry | SignaturesEntry)[] {
    const heard: string[] = []
    const signed: SignedEvent[] = []
    for (const { body } of output.telemetry) {
      if (!isEpcis(body)) continue
      const one = this.#signed(body)
      if (one === undefined) continue
      heard.push(deviceOf(body))
      signed.push(one)
    }
    if (signed.length === 0) return []
    const { at } = output
    const entries = pieces(signed).map((events) => ({ kind: 'signatures', at, events }) as const)
    return [...this.takeIn(at, heard), ...entries]
  }

  #signed(event: EpcisEvent): SignedEvent | undefined {
    const hashed = epcisEventHash(epcisForm(event), NAMESPACES, nativeSha256)
    if (!hashed.ok) return undefined
    const { did, key } = this.#key(deviceOf(event))
    const text = signedText(this.#origin, hashed.id)
    return { hash: hashed.id, did, signature: sign(null, text, key).toString('base64') }
  }

  #key(device: string): Held {
    const known = this.#held.get(device)
    if (known !== undefined) return known
    const info = `doorstep device key v1\n${this.#origin}\n${device}`
    const seed = Buffer.from(hkdfSync('sha256', this.#secret(), '', info, 32))
    const der = Buffer.concat([PKCS8_PREFIX, seed])
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
    const held = { did: formatDidKey(spki.subarray(-32))!, key }
    this.#held.set(device, held)
    return held
  }
}

/**
 * The devices that a town has at its opening; a smart parcel's sensor is taken in when it first
 * reports.
 */
export function devicesOf({ logistics, shop }: World): string[] {
  const vans = logistics.vans.map(({ id }) => vanRef(id).replace(':', '-'))
  const clerks = shop.staff.filter(({ role }) => role === 'warehouse')
  return [
    'scanner:depot',
    ...clerks.map(({ account }) => `scanner:${account}`),
    ...vans.map((van) => `scanner:${van}`),
    ...logistics.lockers.map(({ id }) => lockerRef(id)),
    ...vans.flatMap((van) => ['tracker', 'cargo', 'door'].map((part) => `device:${van}-${part}`)),
  ]
}

/**
 * The devices of the exercise in a folder. Their secret lies beside its log (`devices.key`, for the
 * owner's eyes only), and is made where there is none, when it is first needed. A malformed one is
 * refused then.
 */
export function openDevices(dir: string, origin: string): Devices {
  let secret: Buffer | undefined
  return new Devices(() => (secret ??= storedSecret(dir)), origin)
}

function storedSecret(dir: string): Buffer {
  const path = join(dir, 'devices.key')
  if (!existsSync(path)) {
    mkdirSync(dir, { recursive: true })
    const made = `${randomBytes(SECRET_BYTES).toString('base64')}\n`
    writeFileSync(path, made, { mode: 0o600, flush: true })
    chmodSync(path, 0o600)
  }
  const secret = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64')
  if (secret.length !== SECRET_BYTES) throw new Error(`${path} holds no secret of devices`)
  return secret
}

function pieces<T>(all: readonly T[]): T[][] {
  const parts: T[][] = []
  for (let i = 0; i < all.length; i += SIGNATURES_MAX) parts.push(all.slice(i, i + SIGNATURES_MAX))
  return parts
}
