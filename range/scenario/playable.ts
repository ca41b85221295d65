import type { StoryStep } from '../../engine/verify/story.ts'
import type { Workflow } from '../../engine/verify/workflow.ts'
import type { WorldConfig } from '../world/types.ts'

/** A counterexample, as `doorstep verify` found it. */
export interface Counterexample {
  readonly workflow: Pick<Workflow, 'slug' | 'controls' | 'properties'>
  readonly without: readonly string[]
  readonly property: string
  readonly steps: readonly StoryStep[]
}

/** Whose seat a learner may take to play it. */
export type Side = 'attacker' | 'defender' | 'customer'

/** How the range plays a counterexample, or what it lacks. */
export type Play =
  | {
      readonly kind: 'attack'
      readonly technique: string
      /** Parameters with which the attack goes this way and no other. */
      readonly params: Readonly<Record<string, number | string>>
      readonly sides: readonly Side[]
    }
  /** No crew does this; a customer can, in the shop's own pages. */
  | { readonly kind: 'by-hand'; readonly sides: readonly Side[] }
  | {
      readonly kind: 'not-yet'
      readonly lacks: 'way' | 'control' | 'attack'
      readonly what: string
    }

interface Match {
  readonly workflow: string
  readonly property: string
  /** What attackers do, in this order, among whatever else happens. */
  readonly attackers: readonly string[]
  /** Attack of the catalogue; null where a customer does it by hand. */
  readonly technique: string | null
  readonly params: Readonly<Record<string, number | string>>
}
const MATCHES: readonly Match[] = [
  {
    workflow: 'returns-and-refunds',
    property: 'two-people',
    attackers: ['request', 'approve'],
    technique: 'I1',
    params: { stealth: 0, duration: 40 },
  },
  {
    workflow: 'posted-goods',
    property: 'holder-agreed',
    attackers: ['place', 'pay'],
    technique: 'P2',
    params: { stealth: 0, worth: 'large', duration: 40 },
  },
  {
    workflow: 'posted-goods',
    property: 'known-hands',
    attackers: [],
    technique: 'D1',
    params: { stealth: 0, duration: 60 },
  },
  {
    workflow: 'posted-goods',
    property: 'full-price',
    attackers: ['place', 'pay'],
    technique: null,
    params: {},
  },
  {
    workflow: 'page-changes',
    property: 'two-people',
    attackers: ['publish'],
    technique: 'W1',
    params: { stealth: 0, way: 'editor', duration: 60 },
  },
  {
    workflow: 'page-changes',
    property: 'cards-stay',
    attackers: ['write'],
    technique: 'W1',
    params: { stealth: 0, way: 'editor', duration: 60 },
  },
  only('returns-and-refunds', 'goods-before-money', 'C2'),
  only('posted-goods', 'delivered-is-there', 'D5'),
  only('virtual-goods', 'no-stolen-cards', 'V3'),
  only('virtual-goods', 'used-once', 'V2'),
  only('virtual-goods', 'used-by-buyer', 'V1'),
  only('supplier-invoices', 'called-back', 'P4'),
  only('supplier-invoices', 'money-to-suppliers', 'P4'),
  only('locker-hand-over', 'right-hands', 'D3'),
]
function only(workflow: string, property: string, technique: string): Match {
  return { workflow, property, attackers: [], technique, params: { stealth: 0 } }
}

/** Each control that the world has; a scenario switches it off by the same key. */
const IN_WORLD: Readonly<Record<keyof WorldConfig['controls'], true>> = {
  fourEyes: true,
  sca: true,
  serverSidePrice: true,
  velocityRule: true,
  cspReportOnly: true,
  pageApproval: true,
  signedHandover: true,
}

/**
 * How the range plays a counterexample: by the attack of the catalogue that goes the same way, or
 * by hand. Or what it lacks: an attack that goes this way, a control in its world, or an attack
 * that is only planned. `techniques` are those that exist.
 */
export function playOf(found: Counterexample, techniques: readonly string[]): Play {
  const { workflow, property, without } = found
  const match = MATCHES.find(
    (one) => one.workflow === workflow.slug && one.property === property && goes(one, found.steps),
  )
  if (match === undefined) return { kind: 'not-yet', lacks: 'way', what: property }
  const lacking = without.find((key) => !(key in IN_WORLD))
  if (lacking !== undefined) return { kind: 'not-yet', lacks: 'control', what: lacking }
  const { technique, params } = match
  if (technique === null) return { kind: 'by-hand', sides: ['customer'] }
  if (!techniques.includes(technique)) return { kind: 'not-yet', lacks: 'attack', what: technique }
  return { kind: 'attack', technique, params, sides: ['attacker', 'defender'] }
}

function goes({ attackers }: Match, steps: readonly StoryStep[]): boolean {
  const done = steps.filter(({ attacker }) => attacker).map(({ action }) => action)
  let from = 0
  for (const wanted of attackers) {
    const at = done.indexOf(wanted, from)
    if (at < 0) return false
    from = at + 1
  }
  return true
}
