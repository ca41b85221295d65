import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { DatastoreActivity, PageScript } from '../../engine/event/telemetry.ts'
import { releaseKeyOf, signInventory } from '../../engine/integrity/inventory.ts'
import { hostsNamed } from '../world/scripts.ts'
import { OFFICE_IP } from '../world/shop-initial.ts'
import type { MonitorCall, Page, PageRevision, ScriptTag } from '../world/types-shop.ts'
import type { World } from '../world/types.ts'
import { base, type Report, type Source } from './report.ts'

type Unmapped = DatastoreActivity['unmapped']
const MONITOR_IP = '192.0.2.40'

/**
 * What the shop's page store and the page monitor say. Changes by tag manager or dependency happen
 * elsewhere, so the store says nothing of them: only an inventory or a browser sees them.
 */
export const pages: Source = (world, _at, event) => {
  switch (event.kind) {
    case 'PagePublished': {
      const { via } = event.revision
      return via === 'editor' || via === 'release'
        ? [report(world, event.page, event.revision, 'publish', via)]
        : []
    }
    case 'PageSigned':
      return revisionReport(world, event.page, event.revision, 'sign', 'release')
    case 'PageRestored':
      return revisionReport(world, event.page, event.revision, 'restore', 'restore')
    case 'PagesInspected':
      return world.shop.pages.map((page) =>
        report(world, page.slug, page.revisions[page.live]!, 'inventory', 'monitor', event.calls),
      )
    default:
      return []
  }
}

/** The signed baseline with which a day begins. */
export function openingSigns(world: Pick<World, 'shop' | 'config'>): readonly Report[] {
  return world.shop.pages.flatMap((page) =>
    page.revisions
      .filter((one) => one.signed)
      .map((revision) => report(world, page.slug, revision, 'sign', 'release')),
  )
}

function revisionReport(
  world: World,
  slug: Page['slug'],
  number: number,
  operation: Unmapped['operation'],
  via: Unmapped['via'],
): readonly Report[] {
  const revision = world.shop.pages
    .find((page) => page.slug === slug)
    ?.revisions.find((one) => one.number === number)
  return revision === undefined ? [] : [report(world, slug, revision, operation, via)]
}

function report(
  world: Pick<World, 'config'>,
  slug: Page['slug'],
  revision: PageRevision,
  operation: Unmapped['operation'],
  via: Unmapped['via'],
  calls: readonly MonitorCall[] = [],
): Report {
  const scripts = inventoryOf(revision.scripts)
  const monitor = operation === 'inventory'
  return {
    stream: monitor ? 'monitor' : 'pages',
    delayMs: 0,
    body: (time, uid): DatastoreActivity => ({
      class_uid: 6005,
      category_uid: 6,
      activity_id: monitor ? 1 : 2,
      ...base(
        time,
        uid,
        monitor ? 'page-monitor' : 'page-store',
        monitor ? 'page monitor' : 'shop',
      ),
      actor: {
        user: {
          uid: monitor ? 'page-monitor' : operation === 'publish' ? revision.author : 'release',
        },
      },
      src_endpoint: { ip: monitor ? MONITOR_IP : OFFICE_IP },
      unmapped: {
        operation,
        page: { uid: slug, revision: revision.number },
        via,
        approved_by: monitor ? null : revision.approvedBy,
        scripts,
        ...(monitor ? { calls: callsOf(calls, slug) } : {}),
        ...(operation === 'sign'
          ? { signature: signInventory(releaseSecret(world.config.seed), slug, scripts) }
          : {}),
      },
    }),
  }
}

/** Hosts that the page called, each once, in the order of their names. */
function callsOf(
  calls: readonly MonitorCall[],
  page: Page['slug'],
): NonNullable<Unmapped['calls']> {
  const own = calls.filter((call) => call.page === page)
  return [...new Set(own.map(({ host }) => host))]
    .sort()
    .map((host) => ({ host, canary: own.some((call) => call.host === host && call.canary) }))
}

const inventories = new WeakMap<readonly ScriptTag[], readonly PageScript[]>()

/** Address, Base64 SHA-256 and named hosts of each script, in the order of the page. */
export function inventoryOf(scripts: readonly ScriptTag[]): readonly PageScript[] {
  const known = inventories.get(scripts)
  if (known !== undefined) return known
  const made = scripts.map(({ src, text }): PageScript => ({
    src,
    hash: base64(sha256(utf8ToBytes(text))),
    hosts: hostsNamed(text),
  }))
  inventories.set(scripts, made)
  return made
}

/**
 * The release key of a day's shop. Drawn from the seed, since nothing outside the range trusts it.
 */
function releaseSecret(seed: number): Uint8Array {
  return sha256(utf8ToBytes(`doorstep release key ${seed}`))
}
/** Base64 of the Ed25519 public key against which `sign` events are checked. */
export function releasePublicKey(seed: number): string {
  return releaseKeyOf(releaseSecret(seed))
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}
