import type { Session, ShopRequest, ShopResponse, View } from './types-shop.ts'
import type { ShopEvent } from './types-shop-change.ts'
import type { World } from './types.ts'

/** What a route answers before it is rendered and logged. */
export interface Reply {
  readonly code: number
  readonly location?: string
  readonly view?: View
  readonly page?: ShopResponse['page']
  readonly events?: readonly ShopEvent[]
}
/**
 * A request on its way through the shop. `session` is as it will be once SessionOpened is in the
 * world.
 */
export interface Visit {
  readonly world: World
  readonly request: ShopRequest
  readonly session: Session
}

/** 303 to a path of the shop. */
export function see(location: string): Reply {
  return { code: 303, location }
}
export function missing(): Reply {
  return { code: 404, view: { kind: 'text', text: 'There is no such page.' } }
}
