import { techniqueOf, techniques } from '../../attack/catalogue.ts'
import { completeParams } from '../../attack/technique.ts'
import { vanOf } from '../../world/refs.ts'
import type { AttackerView, Job } from '../../protocol/view.ts'
import type { RunState, Seat } from '../state.ts'
import { totals } from '../score.ts'
import { commonOf } from './common.ts'

/**
 * Attackers see their own runs, what reached them, and what anybody can look up; never sensors or
 * the desk.
 */
export function attackerView(state: RunState, seat: Seat, shop: string): AttackerView {
  const { runs } = state.town.world().attacks
  return {
    ...commonOf(state, seat, 'attacker'),
    role: 'attacker',
    points: totals(state.score).attackers,
    crewHours: { left: hoursLeft(state), of: state.scenario.crewHours },
    jobs: techniques
      .filter((technique) => state.scenario.palette.includes(technique.id))
      .map((technique) => jobOf(state, technique.id)),
    runs: runs.map((run) => {
      const seen = techniqueOf(run.technique).describe(state.town.world(), run)
      return {
        run: run.run,
        technique: run.technique,
        startedAt: run.launched,
        status: run.status,
        seen: seen.key,
        seenParams: seen.params,
        params: run.params,
      }
    }),
    loot: state.loot.slice(-40),
    looks: looksOf(state),
    steps: stepsOf(state),
    shop,
  }
}

/** Crew hours that are not yet spent on launched jobs. */
export function hoursLeft(state: RunState): number {
  return state.trails.reduce(
    (left, trail) => left - techniqueOf(trail.technique).hours,
    state.scenario.crewHours,
  )
}

function jobOf(state: RunState, id: string): Job {
  const technique = techniqueOf(id)
  const world = state.town.world()
  const offers = technique.targets(world)
  const refused =
    technique.hours > hoursLeft(state)
      ? 'no-hours'
      : technique.refuses(world, completeParams(technique, world, {}))
  return {
    technique: id,
    ids: technique.ids,
    family: technique.family,
    hours: technique.hours,
    ready: refused === null,
    reason: refused,
    parameters: technique.parameters.map((spec) => ({
      name: spec.name,
      type: spec.type,
      default: spec.default,
      ...(spec.min === undefined ? {} : { min: spec.min }),
      ...(spec.max === undefined ? {} : { max: spec.max }),
      ...(spec.step === undefined ? {} : { step: spec.step }),
      ...(spec.type === 'choice'
        ? { options: (offers[spec.name] ?? []).map((offer) => seenOffer(state, offer)) }
        : {}),
    })),
  }
}

type Offer = NonNullable<Job['parameters'][number]['options']>[number]
/** A van as somebody at the yard sees it: how many parcels went aboard, and whether it is out. */
function seenOffer(state: RunState, offer: Offer): Offer {
  const id = vanOf(offer.value)
  const van = id === null ? undefined : state.town.world().logistics.vans[id]
  if (van === undefined) return offer
  return {
    ...offer,
    van: van.id,
    line: van.line,
    aboard: van.cargo.length,
    out: van.status !== 'depot',
  }
}

/** What a visitor of the shop can see for himself. */
function looksOf(state: RunState): AttackerView['looks'] {
  const { shop } = state.town.world()
  const looks: {
    at: number
    what: string
    answer: string
    params: Record<string, string | number>
  }[] = []
  for (const trail of state.trails) {
    const published = trail.happened
      .map(({ event }) => event)
      .filter((event) => event.kind === 'PagePublished')
      .at(-1)
    if (published?.kind !== 'PagePublished') continue
    const page = shop.pages.find((one) => one.slug === published.page)
    const live = page?.revisions[page.live]
    looks.push({
      at: state.now,
      what: 'page',
      answer: live?.number === published.revision.number ? 'still-there' : 'gone',
      params: { page: published.page, revision: live?.number ?? 0 },
    })
  }
  return looks.slice(-6)
}

function stepsOf(state: RunState): AttackerView['steps'] {
  const first = (test: (trail: RunState['trails'][number]) => number | null): number | null =>
    state.trails
      .map(test)
      .filter((at): at is number => at !== null)
      .sort((a, b) => a - b)[0] ?? null
  const marks: readonly (readonly [AttackerView['steps'][number]['id'], number | null])[] = [
    ['get-in', first((trail) => (trail.startsAt <= state.now ? trail.startsAt : null))],
    ['position', first((trail) => trail.happened[0]?.at ?? null)],
    ['collect', state.loot[0]?.at ?? null],
    ['move-goods', state.loot.find((one) => one.kind === 'parcel')?.at ?? null],
    [
      'cash-out',
      state.loot.length >= 20
        ? (state.loot[19]?.at ?? null)
        : (state.loot.find(({ kind }) => kind === 'money' || kind === 'settled')?.at ?? null),
    ],
  ]
  return marks.map(([id, at]) => ({ id, done: at !== null, at }))
}
