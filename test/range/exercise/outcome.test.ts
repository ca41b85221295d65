import { describe, expect, it } from 'vitest'
import { debriefOf } from '../../../range/exercise/debrief.ts'
import type { Debrief } from '../../../range/protocol/view.ts'
import { optionsOf, Play } from './rig.ts'

/** A van is led away in minute 8 and emptied in minute 20; somebody acts `before` or after. */
function diverted(actAt: number): Play {
  const play = new Play(optionsOf('market-day', 21))
  play.seat('magpie', 'attacker')
  play.seat('heron', 'defender')
  play.start()
  play.until(8)
  play.move('magpie', {
    kind: 'Launch',
    technique: 'D1',
    params: { stealth: 0, duration: 30 },
    startInMinutes: 0,
  })
  play.until(actAt)
  const van = play.run.state.trails[0]!.happened.flatMap(({ event }) =>
    event.kind === 'VanDiverted' ? [event.van] : [],
  )[0]!
  play.move('heron', {
    kind: 'Respond',
    incident: null,
    actions: [
      { kind: 'LockCargo', van, locked: true },
      { kind: 'RecallVan', van },
    ],
  })
  play.until(40)
  return play
}
function given(play: Play): Record<string, number> {
  return Object.fromEntries(
    play.run
      .score()
      .filter(({ why }) => /^(van|cargo)-/.test(why))
      .map(({ why, points }) => [why, points]),
  )
}
function attackOf(play: Play): Debrief['attacks'][number] {
  return debriefOf(play.run.state).attacks[0]!
}

describe('what a decision was worth', () => {
  const early = diverted(12)
  const late = diverted(23)

  it('[X14] before the van is emptied it is worth the parcels that it saved', () => {
    expect(early.run.meters().parcelsLost).toBe(0)
    expect(given(early)).toEqual({ 'cargo-locked': 40, 'van-recalled': 120 })
    expect(attackOf(early).stopped).toBe('before-damage')
  })

  it('[X14] after the van was emptied it is worth nothing, and stopped nothing', () => {
    expect(late.run.meters().parcelsLost).toBe(5)
    expect(given(late)).toEqual({ 'cargo-locked-late': 0, 'van-recalled-late': 0 })
    const attack = attackOf(late)
    expect(attack).toMatchObject({ stopped: 'no', containedAt: null, parcels: 5 })
    expect(debriefOf(late.run.state).turningPoints.map(({ kind }) => kind)).not.toContain('held')
  })
})

describe('a skimmer that is stopped late', () => {
  const play = new Play(optionsOf('market-day', 21))
  play.seat('magpie', 'attacker')
  play.seat('heron', 'defender')
  play.seat('robin', 'customer')
  play.start()
  play.until(3)
  play.move('magpie', {
    kind: 'Launch',
    technique: 'W1',
    params: { stealth: 0, duration: 40 },
    startInMinutes: 0,
  })
  play.until(26)
  const incident = play.run.state.incidents.find((one) => one.attack === 'W1')!
  const view = play.run.view('heron')
  const offered =
    view?.role === 'defender' ? view.incidents.find((one) => one.id === incident.id)!.playbook : []
  const leaked = play.run.meters().cardsLeaked
  play.move('heron', {
    kind: 'Respond',
    incident: incident.id,
    actions: offered.filter((step) => step.recommended).map((step) => step.action),
  })
  play.until(44)

  it('[X16] is known to customers only when they were told, or at the end', () => {
    const host = [...play.run.state.trails[0]!.happened].flatMap(({ event }) =>
      event.kind === 'HostCalled' && event.card !== null ? [event] : [],
    )[0]!
    const holder = play.run.world().shop.cards[host.card!]!.holder
    const seat = play.run.state.seats.get('robin')!
    const [own, phase] = [seat.customer, play.run.state.phase]
    const copied = (): readonly (boolean | undefined)[] => {
      const view = play.run.view('robin')
      return view?.role === 'customer' ? view.wallet.map((card) => card.copied) : []
    }
    seat.customer = holder
    try {
      expect(copied()).not.toEqual([])
      expect(copied()).not.toContain(true)
      play.run.state.told.add(host.host)
      expect(copied()).toContain(true)
      play.run.state.told.clear()
      play.run.state.phase = 'ended'
      expect(copied()).toContain(true)
    } finally {
      play.run.state.told.clear()
      play.run.state.phase = phase
      seat.customer = own
    }
  })

  it('[X14] is told apart from one that was stopped before any card was copied', () => {
    expect(leaked).toBeGreaterThan(0)
    expect(attackOf(play).stopped).toBe('after-damage')
  })

  it('[R5] its playbook offers to suspend whoever changed the page, and does not tick it', () => {
    const author = play.run.state.trails[0]!.happened.flatMap(({ event }) =>
      event.kind === 'PagePublished' ? [event.revision.author] : [],
    )[0]!
    const step = offered.find(({ action }) => action.kind === 'SuspendAccount')
    expect(step).toMatchObject({
      recommended: false,
      action: { kind: 'SuspendAccount', account: author },
    })
  })

  it('[X15] leaves the timeline where it ended: its incident when over, its bar when stopped', () => {
    const { lanes, attacks } = debriefOf(play.run.state)
    const over = play.run.state.desk.get(incident.id)!.overAt
    expect(over).not.toBeNull()
    const alarms = lanes.find(({ id }) => id === 'alarms')!.items
    expect(alarms.find(({ ref }) => ref === incident.id)!.to).toBe(over)
    const truth = lanes.find(({ id }) => id === 'truth')!.items[0]!
    expect(truth.to!).toBeLessThan(attacks[0]!.containedAt! + 121_000)
  })

  it('[X15] no turning point speaks of an incident that was over by then', () => {
    play.move('magpie', {
      kind: 'Launch',
      technique: 'D1',
      params: { stealth: 0, duration: 30 },
      startInMinutes: 0,
    })
    play.until(70)
    const d1 = play.run.state.incidents.find((one) => one.attack === 'D1')
    expect(d1).toBeDefined()
    const fires = debriefOf(play.run.state).turningPoints.filter(({ kind }) => kind === 'two-fires')
    expect(fires.filter(({ params }) => params['other'] === incident.title)).toEqual([])
  })

  it('[X16] telling card holders about a host is what makes them know', () => {
    const { told, trails } = play.run.state
    const host = trails[0]!.happened.flatMap(({ event }) =>
      event.kind === 'HostCalled' && event.card !== null ? [event.host] : [],
    )[0]!
    expect([...told]).toEqual([])
    play.move('heron', {
      kind: 'Respond',
      incident: null,
      actions: [{ kind: 'NotifyCardHolders', host }],
    })
    play.until(76)
    expect([...told]).toEqual([host])
  })
})
