import { cardOfToken } from './shop-seal.ts'
import type { Reply } from './storefront-visit.ts'
import type { ShopRequest } from './types-shop.ts'
import type { World } from './types.ts'

/**
 * Every other host of the town's internet: partners serve their scripts, and whoever owns a host
 * receives what browsers send to `/collect` or any other path. An unknown host answers nothing
 * (502).
 */
export function partnerRoute(world: World, request: ShopRequest): Reply {
  const host = world.shop.hosts.find((one) => one.host === request.host)
  if (!host) return { code: 502 }
  if (request.method === 'GET' && request.path.endsWith('.js')) {
    const src = `https://${request.host}${request.path}`
    const served = world.shop.pages.some((page) =>
      page.revisions[page.live]!.scripts.some((script) => script.src === src),
    )
    return served ? { code: 200, view: { kind: 'script', src } } : { code: 404 }
  }
  const sent = [request.query, ...Object.values(request.form)].join(' ')
  const card = cardOfToken(world.shop, sent)
  const customer = card === null ? null : world.shop.cards[card]!.holder
  return { code: 204, events: [{ kind: 'HostCalled', host: request.host, card, customer }] }
}
