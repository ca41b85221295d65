import { stringify } from 'yaml'
import type { StoryStep } from '../../engine/verify/story.ts'
import type { Workflow } from '../../engine/verify/workflow.ts'
import { scenarioSchema } from './schema.ts'

/** A counterexample, as `doorstep verify` found it. */
export interface Counterexample {
  readonly workflow: Workflow
  readonly without: readonly string[]
  readonly property: string
  readonly steps: readonly StoryStep[]
}
export type Played =
  | { readonly ok: true; readonly technique: string; readonly text: string }
  | { readonly ok: false; readonly reason: string }

/** Attack of the catalogue that does what the counterexample's attackers do, by what breaks. */
interface Match {
  readonly workflow: string
  readonly property: string
  /** What attackers do, in this order, among whatever else happens. */
  readonly attackers: readonly string[]
  readonly technique: string
  /** Parameters with which the attack goes this way and no other. */
  readonly params: Readonly<Record<string, number>>
}
const MATCHES: readonly Match[] = [
  {
    workflow: 'returns-and-refunds',
    property: 'two-people',
    attackers: ['request', 'approve'],
    technique: 'I1',
    params: { stealth: 0, duration: 40 },
  },
  only('returns-and-refunds', 'goods-before-money', 'C2'),
  only('posted-goods', 'holder-agreed', 'P3'),
  only('posted-goods', 'full-price', 'W5'),
  only('posted-goods', 'known-hands', 'D7'),
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

const MINUTE = 10

/**
 * A counterexample as the text of a scenario in which the attack of the catalogue that goes the
 * same way is played, with the same controls off. `techniques` are those that exist. Says why where
 * the range cannot play it: no such attack, or no such control in its world.
 */
export function scenarioFromSteps(found: Counterexample, techniques: readonly string[]): Played {
  const { workflow, property } = found
  const match = MATCHES.find(
    (one) => one.workflow === workflow.slug && one.property === property && goes(one, found.steps),
  )
  if (match === undefined)
    return { ok: false, reason: `the range knows no attack that goes this way` }
  const known = Object.keys(scenarioSchema.parse({ title: 'x', summary: 'x' }).world.controls)
  const lacking = found.without.find((key) => !known.includes(key))
  if (lacking !== undefined)
    return { ok: false, reason: `the range's world has no control ${lacking} to switch off` }
  if (!techniques.includes(match.technique))
    return { ok: false, reason: `the range has no attack ${match.technique} yet` }
  return { ok: true, technique: match.technique, text: textOf(found, match) }
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

function textOf({ workflow, without, property, steps }: Counterexample, match: Match): string {
  const off = workflow.controls.filter(({ key }) => without.includes(key))
  const broken = workflow.properties.find(({ key }) => key === property)
  const titles = off.map(({ title }) => title.toLowerCase()).join(', ')
  const story = steps.map(({ says }, n) => `${n + 1}. ${says}`).join(' ')
  const head = `# Made of a counterexample: ${workflow.slug} without ${without.join(', ')} breaks ${property}.\n`
  const body = {
    title: `Without ${titles}`.slice(0, 60),
    summary:
      `Proved to break: ${broken?.reading ?? ''} The attack is the shortest way there.`.slice(
        0,
        400,
      ),
    length: 30,
    speed: 2,
    world: { controls: Object.fromEntries(without.map((key) => [key, false])) },
    palette: [match.technique],
    attacks: [{ technique: match.technique, at: MINUTE, params: match.params }],
    injects: [
      {
        id: 'shortest-way',
        title: 'The shortest way',
        about: 'What the proof says is possible now.',
        tone: 'hint',
        message: { to: ['defender'], text: story.slice(0, 400) },
        preview: { defender: 'The steps of the counterexample.' },
      },
    ],
    playbooks: [
      {
        attack: match.technique,
        file: `${match.technique.toLowerCase()}.json`,
        automatic: false,
      },
    ],
  }
  return head + stringify(body, { lineWidth: 100 })
}
