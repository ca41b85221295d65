import type { Role } from '../../range/protocol/view.ts'
import type { CastId } from '../parts/cast-drawing.ts'

/** Whose briefing a seat reads: who has none of their own reads the defenders'. */
export function roleShown(role: Role): 'attacker' | 'defender' | 'customer' {
  return role === 'attacker' || role === 'customer' ? role : 'defender'
}

/** Who of the cast stands for a seat. */
export function castOf(role: Role): CastId {
  return ({ attacker: 'slick', defender: 'mo', customer: 'pim' } as const)[roleShown(role)]
}
