import { describe, expect, it } from 'vitest'
import type { Move } from '../../../range/protocol/move.ts'
import { optionsOf, Play } from './rig.ts'

/** Two games that differ only in what attackers do unseen. */
function game(moves: readonly Move[]): {
  defender: string[]
  screen: string[]
  customer: string[]
} {
  const play = new Play(optionsOf('market-day', 31))
  play.seat('magpie', 'attacker')
  play.seat('heron', 'defender')
  play.seat('finch', 'customer')
  play.start()
  const views = { defender: [] as string[], screen: [] as string[], customer: [] as string[] }
  const show = (): void => {
    views.defender.push(JSON.stringify(play.run.view('heron')))
    views.screen.push(JSON.stringify(play.run.screenView()))
    views.customer.push(JSON.stringify(play.run.view('finch')))
  }
  play.until(2)
  show()
  for (const move of moves) play.move('magpie', move)
  for (let minute = 2; minute < 8; minute += 0.5) {
    play.until(minute)
    show()
  }
  return views
}

describe('fog of war', () => {
  const quiet = game([])
  it('[X9] what attackers plan and cancel changes no byte of what others see', () => {
    const busy = game([
      { kind: 'Launch', technique: 'P2', params: {}, startInMinutes: 60 },
      { kind: 'Launch', technique: 'D1', params: {}, startInMinutes: 90 },
      { kind: 'StopAttack', run: 0 },
    ])
    expect(busy).toEqual(quiet)
  })

  it('[X10] no view but the attackers’ and the trainer’s ever names a cause, a run or the truth', () => {
    const play = new Play(optionsOf('market-day', 32))
    play.seat('magpie', 'attacker')
    play.seat('heron', 'defender')
    play.seat('finch', 'customer')
    play.start()
    for (const technique of ['W1', 'P2', 'I1', 'D1'])
      play.move('magpie', { kind: 'Launch', technique, params: {}, startInMinutes: 1 })
    play.until(30)
    for (const text of [
      JSON.stringify(play.run.view('heron')),
      JSON.stringify(play.run.screenView()),
      JSON.stringify(play.run.view('finch')),
    ]) {
      for (const word of [
        '"cause"',
        '"run"',
        '"truth"',
        '"trail"',
        '"crewHours"',
        '"stealth"',
        'magpie',
        '"seed"',
        '"diversion"',
        '"spoof"',
      ])
        expect(text).not.toContain(word)
    }
    const customer = JSON.stringify(play.run.view('finch'))
    for (const word of ['incidents', 'alerts', 'blockedIps', 'decisions', 'telemetry'])
      expect(customer).not.toContain(word)
    const cards = play.run.world().shop.cards
    for (const card of cards.slice(0, 200)) {
      expect(JSON.stringify(play.run.view('heron'))).not.toContain(card.number)
      expect(JSON.stringify(play.run.screenView())).not.toContain(card.number)
    }
  })

  it('[X11] a leaked card and a stolen parcel stay unknown until somebody can know', () => {
    const play = new Play(optionsOf('market-day', 33))
    play.seat('magpie', 'attacker')
    play.seat('heron', 'defender')
    play.start()
    play.move('magpie', {
      kind: 'Launch',
      technique: 'D1',
      params: { stealth: 0.4, duration: 40 },
      startInMinutes: 0,
    })
    for (let minute = 1; minute <= 60 && play.run.meters().parcelsLost === 0; minute++)
      play.until(minute)
    expect(play.run.meters().parcelsLost).toBeGreaterThan(0)
    const view = play.run.view('heron')
    if (view?.role !== 'defender') throw new Error('no desk')
    const overdue = [...play.run.state.reported.stolenFrom.keys()].filter(
      (parcel) => (play.run.world().logistics.parcels[parcel]?.due ?? 0) <= play.run.now(),
    ).length
    expect(view.meters.parcelsLost).toBe(overdue)
    expect(view.meters.cardsLeaked).toBe(0)
  })
})
