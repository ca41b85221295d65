import { attacks } from '../attack/crew.ts'
import { createSim, mount, type Sim } from './kernel.ts'
import { logistics } from './logistics.ts'
import { shop } from './shop.ts'
import type { Command, WorldConfig } from './types.ts'

/** The whole town: shop, logistics and whatever crews are at work. */
export function createTownSim(config: WorldConfig): Sim {
  return createSim(config, [
    mount('shop', shop),
    mount('logistics', logistics),
    mount('attacks', attacks),
  ])
}

/** Every command that the town understands; what a scenario's inject may name. */
export const commandKinds: readonly Command['kind'][] = [
  ...shop.commands,
  ...logistics.commands,
  ...attacks.commands,
]
