import { attacks } from '../attack/crew.ts'
import { book } from './book.ts'
import { createSim, mount, type Sim } from './kernel.ts'
import { logistics } from './logistics.ts'
import { shop } from './shop.ts'
import type { Command, WorldConfig } from './types.ts'

/** The whole town: shop, logistics, whatever crews are at work, and the book where there is one. */
export function createTownSim(config: WorldConfig): Sim {
  return createSim(config, [
    mount('shop', shop),
    mount('logistics', logistics),
    mount('attacks', attacks),
    ...(config.book === true ? [mount('book', book)] : []),
  ])
}

/** Every command that the town understands; what a scenario's inject may name. */
export const commandKinds: readonly Command['kind'][] = [
  ...shop.commands,
  ...logistics.commands,
  ...attacks.commands,
  ...book.commands,
]
