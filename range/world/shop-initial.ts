import { chance, range, Stream } from './draw.ts'
import { browserOf, networkOf, printedCard, STRANGERS_FROM, type PrintedCard } from './identity.ts'
import { customerAccount, customerName, staffName } from './names.ts'
import { catalogue } from './shop-catalogue.ts'
import { ALLOWED_HOSTS, BASELINE, PARTNER_HOSTS, SLUGS } from './shop-scripts.ts'
import { addressOf } from './town.ts'
import type { Card, Customer, Page, ShopState, Staff } from './types-shop.ts'
import type { WorldConfig } from './types.ts'

/**
 * Everybody's cards, in this order: customers' first, customers' spare, staff's own, then cards of
 * people elsewhere. Each is drawn under a number of its own, from these up.
 */
const STAFF_CARDS_FROM = STRANGERS_FROM - 100
const SPARE_FROM = STAFF_CARDS_FROM - 5_000
/**
 * Cards of people elsewhere, whom the town never meets; what a bought list of stolen numbers is
 * made of.
 */
export const STRANGER_CARDS = 1_600

const ROLES: readonly Staff['role'][] = [
  'support',
  'support',
  'support',
  'support',
  'support',
  'editor',
  'editor',
  'manager',
  'manager',
  'warehouse',
  'warehouse',
  'warehouse',
  'warehouse',
  'warehouse',
  'warehouse',
  'driver',
  'driver',
  'driver',
  'driver',
]
/** Addresses of the shop's office and of its warehouse, from the block for documentation. */
export const OFFICE_IP = '192.0.2.10'
export const DEPOT_IP = '192.0.2.11'

/**
 * The shop as it opens: 24 products, `config.customers` customers, 19 staff, a signed baseline of
 * every page.
 */
export function initialShop(config: WorldConfig): ShopState {
  const customers = Array.from({ length: config.customers }, (_, id) => customer(id, config))
  const staff = ROLES.map((role, id): Staff => staffMember(id, role, config.seed))
  const cards = allCards(config, staff.length)
  return {
    products: catalogue(),
    customers: linkSpare(customers, cards),
    staff,
    sessions: [],
    sessionByKey: new Map(),
    orders: [],
    cards,
    cardByNumber: new Map(cards.map((card) => [card.number, card.id])),
    transactions: [],
    refunds: [],
    reviews: [],
    giftCards: [],
    pages: pages(config),
    csp: openingPolicy(config),
    blockedIps: [],
    refundsFrozen: false,
    velocityLimit: config.controls.velocityRule ? 6 : null,
    hosts: PARTNER_HOSTS.map((host) => ({ host, owner: 'partner', collected: [] })),
    sale: null,
    release: 0,
    claims: [],
    inspections: 0,
  }
}

/** The policy while no host is blocked: nothing is stopped, and told only where it is asked for. */
export function openingPolicy({ controls }: WorldConfig): ShopState['csp'] {
  const allowed = controls.cspReportOnly ? ALLOWED_HOSTS : ['*']
  return { allowed, blocked: [], enforce: false }
}

/** About two in five customers share a household with somebody. */
function customer(id: number, { seed }: WorldConfig): Customer {
  const joined = id > 0 && chance(280, seed, Stream.customerTraits, id, 10)
  const household = joined
    ? id - 1 - range(Math.min(id, 3), seed, Stream.customerTraits, id, 11)
    : id
  return {
    id,
    account: customerAccount(id, seed),
    name: customerName(id, seed),
    ip: networkOf(id, household, seed),
    agent: browserOf(id, seed),
    address: addressOf(id, seed),
    card: id,
    trustMilli: 82_000,
    player: false,
    locked: false,
    household,
    secondCard: null,
  }
}
function linkSpare(customers: readonly Customer[], cards: readonly Card[]): readonly Customer[] {
  const spare = new Map(
    cards
      .slice(customers.length)
      .filter((card) => card.holder !== null)
      .map((card) => [card.holder, card.id]),
  )
  return customers.map((one) => ({ ...one, secondCard: spare.get(one.id) ?? null }))
}

function staffMember(id: number, role: Staff['role'], seed: number): Staff {
  const name = staffName(id, seed)
  const [first, family] = name.toLowerCase().split(' ') as [string, string]
  const ip = role === 'warehouse' || role === 'driver' ? DEPOT_IP : OFFICE_IP
  return { id, account: `${first}.${family[0]}${id}`, name, role, ip, suspended: false }
}

/** Card of a member of staff, by the order in which `initialShop` lays the cards out. */
export function staffCard(world: { readonly shop: ShopState }, staff: number): number {
  const { shop } = world
  return shop.cards.length - STRANGER_CARDS - shop.staff.length + staff
}
/** The n-th card of people elsewhere. */
export function strangerCard(world: { readonly shop: ShopState }, n: number): number {
  return world.shop.cards.length - STRANGER_CARDS + (n % STRANGER_CARDS)
}

function allCards({ customers, seed }: WorldConfig, staff: number): readonly Card[] {
  const first = Array.from({ length: customers }, (_, i) => card(i, i, seed, i))
  const spare = first
    .filter((_, i) => chance(300, seed, Stream.customerTraits, i, 12))
    .map(({ id }) => ({ holder: id, entity: SPARE_FROM + id }))
  const own = Array.from({ length: staff }, (_, i) => ({
    holder: null,
    entity: STAFF_CARDS_FROM + i,
  }))
  const elsewhere = Array.from({ length: STRANGER_CARDS }, (_, i) => ({
    holder: null,
    entity: STRANGERS_FROM + i,
  }))
  const rest = [...spare, ...own, ...elsewhere].map(({ holder, entity }, i) =>
    card(customers + i, entity, seed, holder),
  )
  return [...first, ...rest]
}
function card(id: number, entity: number, seed: number, holder: number | null): Card {
  const printed: PrintedCard = printedCard(entity, seed)
  const elsewhere = entity >= STRANGERS_FROM
  const kind = elsewhere ? 'elsewhere' : entity >= SPARE_FROM && holder !== null ? 'spare' : 'first'
  return {
    ...printed,
    id,
    holder,
    tries: 0,
    state: cardState(entity, seed, kind),
    balanceMinor:
      20_000 + 100 * range(elsewhere ? 1_500 : 2_800, seed, Stream.cardNumber, entity, 3),
  }
}
/**
 * Most customers' cards work, a fourth of the spare ones has expired; of a bought list about one in
 * five still works.
 */
function cardState(
  entity: number,
  seed: number,
  kind: 'first' | 'spare' | 'elsewhere',
): Card['state'] {
  const roll = range(1000, seed, Stream.cardNumber, entity, 4)
  if (kind !== 'elsewhere') return roll < (kind === 'spare' ? 250 : 25) ? 'expired' : 'good'
  return roll < 210 ? 'good' : roll < 560 ? 'stolen' : roll < 790 ? 'blocked' : 'expired'
}

function pages(config: WorldConfig): readonly Page[] {
  return SLUGS.map((slug) => ({
    slug,
    live: 0,
    revisions: [
      {
        number: 101,
        at: config.start,
        author: 'release',
        via: 'release',
        approvedBy: 'release',
        signed: true,
        scripts: BASELINE[slug],
      },
    ],
  }))
}
