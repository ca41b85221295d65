import { customerOfKey } from './identity.ts'
import type { Session, ShopState } from './types-shop.ts'
import type { World } from './types.ts'

/**
 * The session that SessionOpened makes: signed in already where the key is a remembered device's.
 */
export function newSession(
  state: ShopState,
  device: Pick<Session, 'key' | 'ip' | 'agent'>,
  world: World,
): Session {
  const { seed, customers } = world.config
  const customer = customerOfKey(device.key, seed)
  return {
    id: state.sessions.length,
    key: device.key,
    ip: device.ip,
    agent: device.agent,
    cart: [],
    lastSeen: world.now,
    customer: customer !== null && customer < customers ? customer : null,
    requests: 0,
    orders: 0,
    page: null,
    seen: [],
  }
}
