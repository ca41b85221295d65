import { ed25519 } from '@noble/curves/ed25519.js'
import canonicalize from 'canonicalize'
import type { Detector, Finding } from '../alert/finding.ts'
import type { Json } from '../event/json.ts'
import type { DatastoreActivity, PageScript, Telemetry } from '../event/telemetry.ts'
import { isEpcis } from '../event/telemetry.ts'

/**
 * The scripts that each page may have, signed by the release key. Pages may also be learnt from the
 * stream.
 */
export interface SignedBaseline {
  /** Ed25519 public key of releases: Base64 of its 32 bytes. */
  readonly releaseKey: string
  /** May be empty where the stream begins with the `sign` operation of every page. */
  readonly pages: readonly {
    /** Name of the page without kind, such as `checkout`. */
    readonly page: string
    readonly scripts: readonly PageScript[]
    /** As `signInventory` makes it. */
    readonly signature: string
  }[]
}

/**
 * A change may wait this long for its signature: a release, or a new tag, is signed page after
 * page.
 */
export const APPROVED_GRACE_MS = 120_000
/**
 * A publication that its author alone approved gets the time a signature needs to travel, no more.
 */
export const UNAPPROVED_GRACE_MS = 15_000
/**
 * Pages, scripts of a page and signed scripts of a page that are looked at; more are an alert of
 * their own.
 */
export const PAGES_MAX = 64
export const SCRIPTS_MAX = 256
export const SIGNED_MAX = 4096
/** Hosts that an alert names as lead. */
const HOSTS_MAX = 6

/**
 * What the release key signs: canonical JSON (RFC 8785) of `{ page, scripts }` in UTF-8, scripts in
 * the order of the page. The revision is left out, so that restoring a signed state needs no new
 * signature.
 */
export function inventoryBytes(page: string, scripts: readonly PageScript[]): Uint8Array {
  const named = scripts.map(({ src, hash, hosts }) => ({ src, hash, hosts: [...hosts] }))
  return new TextEncoder().encode(canonicalize({ page, scripts: named }) ?? '')
}

/** Base64 Ed25519 signature of an inventory; `secretKey` is 32 bytes. For releases and tests. */
export function signInventory(
  secretKey: Uint8Array,
  page: string,
  scripts: readonly PageScript[],
): string {
  return toBase64(ed25519.sign(inventoryBytes(page, scripts), secretKey))
}

/** Base64 public key of a 32-byte secret key. */
export function releaseKeyOf(secretKey: Uint8Array): string {
  return toBase64(ed25519.getPublicKey(secretKey))
}

/** False also for a signature or key that is not one. */
export function verifyInventory(
  releaseKey: string,
  page: string,
  scripts: readonly PageScript[],
  signature: string,
): boolean {
  const [sig, key] = [fromBase64(signature, 64), fromBase64(releaseKey, 32)]
  return sig !== null && key !== null && ed25519.verify(sig, inventoryBytes(page, scripts), key)
}

/**
 * `since`: no look at the page has been clean after this. Always new scripts cannot put the alert
 * off for ever.
 */
interface Doubt {
  readonly since: number
  due: number
  readonly uids: string[]
  unsigned: PageScript[]
  told: boolean
}

/**
 * Kind I, attack W1: every script of every page against what the release key has signed. An
 * unsigned script that is still unsigned after its grace is an alert, again at each later look that
 * finds it. Throws if the baseline itself is not signed by its key.
 */
export function createInventoryCheck(baseline: SignedBaseline): Detector {
  return new InventoryCheck(baseline)
}

class InventoryCheck implements Detector {
  readonly name = 'script-inventory'
  readonly #releaseKey: string
  /** Page → keys of signed scripts, oldest first. */
  readonly #signed = new Map<string, Set<string>>()
  readonly #hosts = new Set<string>()
  readonly #doubts = new Map<string, Doubt>()

  constructor(baseline: SignedBaseline) {
    this.#releaseKey = baseline.releaseKey
    for (const { page, scripts, signature } of baseline.pages) {
      if (!verifyInventory(baseline.releaseKey, page, scripts, signature)) {
        throw new Error(`the baseline of page ${page} is not signed by the release key`)
      }
      this.#learn(page, scripts)
    }
  }

  see(event: Telemetry): Finding[] {
    if (isEpcis(event.body) || event.body.class_uid !== 6005) return []
    const { unmapped } = event.body
    const page = nameOf(unmapped.page.uid)
    if (unmapped.operation === 'sign') return this.#sign(event, event.body, page)
    return this.#look(event, event.body, page)
  }

  tick(now: number): Finding[] {
    const findings: Finding[] = []
    for (const [page, doubt] of this.#doubts) {
      if (!doubt.told && now >= doubt.due) findings.push(this.#tell(page, doubt, now))
    }
    return findings
  }

  save(): Json {
    return {
      signed: [...this.#signed].map(([page, keys]) => ({ page, keys: [...keys] })),
      hosts: [...this.#hosts],
      doubts: [...this.#doubts].map(([page, doubt]) => ({
        page,
        doubt: structuredClone(doubt) as unknown as Json,
      })),
    }
  }

  restore(saved: Json): void {
    const from = structuredClone(saved) as unknown as Saved
    this.#signed.clear()
    this.#hosts.clear()
    this.#doubts.clear()
    for (const { page, keys } of from.signed) this.#signed.set(page, new Set(keys))
    for (const host of from.hosts) this.#hosts.add(host)
    for (const { page, doubt } of from.doubts) this.#doubts.set(page, doubt)
  }

  #learn(page: string, scripts: readonly PageScript[]): void {
    const keys = this.#signed.get(page) ?? new Set()
    if (!this.#signed.has(page) && this.#signed.size >= PAGES_MAX) return
    for (const script of scripts.slice(0, SCRIPTS_MAX)) {
      keys.add(keyOf(script))
      for (const host of script.hosts) if (this.#hosts.size < SIGNED_MAX) this.#hosts.add(host)
    }
    while (keys.size > SIGNED_MAX) keys.delete(keys.values().next().value as string)
    this.#signed.set(page, keys)
  }

  /** A page that was put back has lost the signatures of what it held since. */
  #keepOnly(page: string, scripts: readonly PageScript[]): void {
    const signed = this.#signed.get(page)
    const kept = scripts.map(keyOf).filter((key) => signed?.has(key))
    if (signed !== undefined) this.#signed.set(page, new Set(kept))
  }

  #sign(event: Telemetry, body: DatastoreActivity, page: string): Finding[] {
    const { scripts, signature = '' } = body.unmapped
    if (verifyInventory(this.#releaseKey, page, scripts, signature)) {
      this.#learn(page, scripts)
      const doubt = this.#doubts.get(page)
      if (doubt === undefined) return []
      doubt.unsigned = doubt.unsigned.filter((script) => !this.#isSigned(page, script))
      if (doubt.unsigned.length === 0) this.#doubts.delete(page)
      return []
    }
    return [
      {
        time: event.time,
        kind: 'I',
        detector: 'inventory-signature',
        family: 'shop',
        severity: 5,
        title: 'A page was signed with another key than the release key',
        lead: [`page:${page}`],
        entities: [`page:${page}`, body.actor.user.uid],
        evidence: [event.uid],
        score: 0.95,
        attack: 'W1',
      },
    ]
  }

  /**
   * A publication, a restoration or a look of the page monitor: all show what the page holds now.
   */
  #look(event: Telemetry, body: DatastoreActivity, page: string): Finding[] {
    const { scripts, approved_by: approvedBy, operation, via } = body.unmapped
    if (operation === 'restore') this.#keepOnly(page, scripts)
    const unsigned = scripts.slice(0, SCRIPTS_MAX).filter((script) => !this.#isSigned(page, script))
    if (unsigned.length === 0) {
      this.#doubts.delete(page)
      return []
    }
    const before = this.#doubts.get(page)
    const keys = new Set(before?.unsigned.map(keyOf))
    if (before !== undefined && unsigned.every((script) => keys.has(keyOf(script)))) {
      before.unsigned = unsigned
      before.uids.splice(0, Math.max(0, before.uids.length - 7))
      before.uids.push(event.uid)
      return before.due <= event.time ? [this.#tell(page, before, event.time)] : []
    }
    const alone = approvedBy === null || approvedBy === body.actor.user.uid
    const hasty = operation === 'publish' && via !== 'release' && alone
    const due = event.time + (hasty ? UNAPPROVED_GRACE_MS : APPROVED_GRACE_MS)
    if (before === undefined && this.#doubts.size >= PAGES_MAX) return []
    const since = before?.since ?? event.time
    const latest = since + 2 * APPROVED_GRACE_MS
    this.#doubts.set(page, {
      since,
      due: Math.min(due, latest),
      uids: [event.uid],
      unsigned,
      told: false,
    })
    return []
  }

  #tell(page: string, doubt: Doubt, now: number): Finding {
    doubt.told = true
    const named = [
      ...new Set(doubt.unsigned.flatMap((script) => [...script.hosts, ...hostOf(script.src)])),
    ]
    const strange = named
      .filter((host) => !this.#hosts.has(host))
      .slice(0, HOSTS_MAX)
      .map((host) => `host:${host}`)
    const lead = [`page:${page}`, ...strange]
    return {
      time: now,
      kind: 'I',
      detector: 'script-inventory',
      family: 'shop',
      severity: strange.length > 0 ? 5 : 4,
      title: `A script on the page ${page} is not in the signed baseline`,
      lead,
      entities: lead,
      evidence: doubt.uids,
      score: strange.length > 0 ? 0.97 : 0.85,
      attack: 'W1',
      contributions: doubt.unsigned
        .slice(0, 8)
        .map((script) => ({ feature: script.src, weight: 1 })),
    }
  }

  #isSigned(page: string, script: PageScript): boolean {
    return this.#signed.get(page)?.has(keyOf(script)) === true
  }
}

interface Saved {
  readonly signed: readonly { readonly page: string; readonly keys: readonly string[] }[]
  readonly hosts: readonly string[]
  readonly doubts: readonly { readonly page: string; readonly doubt: Doubt }[]
}

function keyOf(script: Pick<PageScript, 'src' | 'hash'>): string {
  return `${script.hash} ${script.src}`
}

function nameOf(uid: string): string {
  return uid.startsWith('page:') ? uid.slice(5) : uid
}

function hostOf(src: string): string[] {
  const host = /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#:]+)/i.exec(src)?.[1]
  return host === undefined ? [] : [host.toLowerCase()]
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

function fromBase64(text: string, length: number): Uint8Array | null {
  if (text.length !== 4 * Math.ceil(length / 3) || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  return bytes.length === length ? bytes : null
}
