import type { CastId } from '../parts/cast-drawing.ts'

/** One step of a drawing: who stands there, and what happens. */
export interface Station {
  readonly action: string
  /** Null where nobody acts: time, chance, a machine. */
  readonly cast: CastId | null
  /** Actions that may happen beside it, and lead off the line. */
  readonly beside: readonly string[]
}
export interface Flow {
  readonly slug: string
  /** The ordinary way, from the first step to the last. */
  readonly line: readonly Station[]
}

function at(action: string, cast: CastId | null, ...beside: readonly string[]): Station {
  return { action, cast, beside }
}

/** The workflows that ship, as they are drawn; the first is what the lab opens with. */
export const FLOWS: readonly Flow[] = [
  {
    slug: 'returns-and-refunds',
    line: [
      at('send-back', 'pim', 'lose'),
      at('take-in', 'otto'),
      at('inspect', 'otto', 'reject'),
      at('request', 'mo'),
      at('approve', 'ida', 'refuse'),
      at('pay', null),
    ],
  },
  {
    slug: 'posted-goods',
    line: [
      at('place', 'pim'),
      at('pay', 'pim'),
      at('pack', 'ida'),
      at('hand-over', 'ida'),
      at('deliver', 'otto', 'bring-back', 'hand-on', 'say-delivered'),
    ],
  },
  {
    slug: 'page-changes',
    line: [
      at('write', 'mo'),
      at('approve', 'ida', 'refuse'),
      at('publish', 'mo'),
      at('pay', 'pim'),
    ],
  },
  {
    slug: 'virtual-goods',
    line: [
      at('buy', 'pim'),
      at('a-day-passes', null, 'revoke'),
      at('issue', 'ida'),
      at('switch-on', 'pim'),
    ],
  },
  {
    slug: 'supplier-invoices',
    line: [
      at('ask-change', 'fay'),
      at('call-back', 'mo', 'drop'),
      at('change-account', 'ida'),
      at('send-invoice', 'fay'),
      at('enter', 'ida'),
      at('pay', 'mo'),
    ],
  },
  {
    slug: 'locker-hand-over',
    line: [at('put-in-box', 'otto'), at('open', 'pim'), at('guess', 'slick', 'guess-right')],
  },
  {
    slug: 'pharmacy',
    line: [
      at('take-in', 'ida', 'carry-warm', 'refuse'),
      at('open-line', 'ida', 'close-line'),
      at('warm-up', 'slick', 'power-cut'),
      at('release', 'mo', 'discard'),
      at('give', 'fay'),
    ],
  },
]

/** The flow of an address; the first where none is named, null where there is no such flow. */
export function flowNamed(slug: string | undefined): Flow | null {
  if (slug === undefined) return FLOWS[0] ?? null
  return FLOWS.find((one) => one.slug === slug) ?? null
}

const CAST_OF_ROLE: Readonly<Record<string, CastId>> = {
  customer: 'pim',
  support: 'mo',
  manager: 'ida',
  warehouse: 'otto',
  carrier: 'otto',
  packer: 'ida',
  courier: 'otto',
  editor: 'mo',
  stranger: 'slick',
  guesser: 'slick',
  technician: 'slick',
  shop: 'ida',
  supplier: 'fay',
  clerk: 'ida',
  caller: 'mo',
  pharmacist: 'ida',
  ward: 'fay',
}

/** Who is drawn for a role; nobody for time, chance and machines. */
export function castOfRole(role: string): CastId | null {
  return CAST_OF_ROLE[role] ?? null
}
