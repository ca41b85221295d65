import { baselineOf, customerBy, pageOf, staffBy } from './shop-lookup.ts'
import { releasedScripts } from './shop-scripts.ts'
import type { Page, ShopCommand, ShopEvent } from './types-shop.ts'
import type { World, WorldEvent } from './types.ts'

type PageCommand = Extract<
  ShopCommand,
  { kind: 'PublishPage' | 'SignPage' | 'InspectPages' | 'RestorePage' | 'ReleaseShop' }
>
const SCRIPTS_MAX = 12
const TEXT_MAX = 20_000
const REVISIONS_MAX = 400
export const SLUGS: readonly Page['slug'][] = ['home', 'product', 'cart', 'checkout', 'account']

/**
 * Pages of the shop. Publishing appends a revision and serves it; signing makes the live one part
 * of the baseline; restoring serves the newest signed revision again; inspecting only looks.
 * Refuses a suspended or locked author.
 */
export function decidePages(world: World, command: PageCommand): readonly WorldEvent[] {
  switch (command.kind) {
    case 'PublishPage':
      return publish(world, command)
    case 'SignPage':
      return sign(world, command.page, command.revision)
    case 'InspectPages':
      return [{ kind: 'PagesInspected', round: command.round }]
    case 'RestorePage':
      return restore(world, command.page)
    case 'ReleaseShop':
      return release(world, command.release)
  }
}

function publish(
  world: World,
  command: Extract<PageCommand, { kind: 'PublishPage' }>,
): readonly WorldEvent[] {
  const refuse = (reason: string): readonly WorldEvent[] => [
    { kind: 'CommandRefused', command: 'PublishPage', reason },
  ]
  const staff = staffBy(world.shop, command.author)
  if (staff?.suspended || customerBy(world.shop, command.author)?.locked)
    return refuse('account-suspended')
  const page = pageOf(world.shop, command.page)
  if (page.revisions.length >= REVISIONS_MAX) return refuse('too-many-revisions')
  const fits =
    command.scripts.length <= SCRIPTS_MAX &&
    command.scripts.every((script) => script.text.length <= TEXT_MAX)
  if (!fits) return refuse('page-too-large')
  return [
    {
      kind: 'PagePublished',
      page: command.page,
      revision: {
        number: nextNumber(page),
        at: world.now,
        author: command.author,
        via: command.via,
        approvedBy: command.approvedBy,
        signed: false,
        scripts: command.scripts,
      },
    },
  ]
}
function nextNumber(page: Page): number {
  return page.revisions.at(-1)!.number + 1
}
function sign(world: World, slug: Page['slug'], number: number | undefined): readonly WorldEvent[] {
  const page = pageOf(world.shop, slug)
  const revision = page.revisions[page.live]!
  if (number !== undefined && number !== revision.number)
    return [{ kind: 'CommandRefused', command: 'SignPage', reason: 'another-revision' }]
  if (revision.signed)
    return [{ kind: 'CommandRefused', command: 'SignPage', reason: 'signed-already' }]
  return [{ kind: 'PageSigned', page: slug, revision: revision.number }]
}
function restore(world: World, slug: Page['slug']): readonly WorldEvent[] {
  const page = pageOf(world.shop, slug)
  const baseline = baselineOf(page)
  if (page.live === baseline)
    return [{ kind: 'CommandRefused', command: 'RestorePage', reason: 'page-is-baseline' }]
  return [{ kind: 'PageRestored', page: slug, revision: page.revisions[baseline]!.number }]
}
/**
 * A release publishes every page from the signed baseline; signing follows shortly after
 * (staff.ts).
 */
function release(world: World, number: number): readonly WorldEvent[] {
  const published = SLUGS.map((slug): ShopEvent => {
    const page = pageOf(world.shop, slug)
    const scripts = releasedScripts(page.revisions[baselineOf(page)]!.scripts, number)
    return {
      kind: 'PagePublished',
      page: slug,
      revision: {
        number: nextNumber(page),
        at: world.now,
        author: 'release',
        via: 'release',
        approvedBy: 'release',
        signed: false,
        scripts,
      },
    }
  })
  return [{ kind: 'ShopReleased', release: number }, ...published]
}
