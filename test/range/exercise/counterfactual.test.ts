import { describe, expect, it } from 'vitest'
import { counterfactual } from '../../../range/exercise/counterfactual.ts'
import { debriefOf } from '../../../range/exercise/debrief.ts'
import { optionsOf, Play } from './rig.ts'

/** Card testing at minute 5 and a diverted van at minute 8; nobody defends. */
function undefended(seed: number): Play {
  const play = new Play(optionsOf('market-day', seed))
  play.seat('magpie', 'attacker')
  play.start()
  play.until(5)
  play.move('magpie', {
    kind: 'Launch',
    technique: 'P2',
    params: { stealth: 0, duration: 10 },
    startInMinutes: 0,
  })
  play.until(8)
  play.move('magpie', {
    kind: 'Launch',
    technique: 'D1',
    params: { stealth: 0, duration: 30 },
    startInMinutes: 0,
  })
  play.until(45)
  return play
}

describe('the counterfactual', () => {
  const play = undefended(21)

  it('[X6] without the card testing every van reports the same, byte for byte', () => {
    const answer = counterfactual(
      () => optionsOf('market-day', 21),
      play.inputs,
      play.run.state,
      'without:0',
    )
    if ('error' in answer) throw new Error(answer.error)
    const fresh = new Play(optionsOf('market-day', 21))
    for (const input of play.inputs) {
      if (input.kind === 'Moved' && input.move.kind === 'Launch' && input.move.technique === 'P2') {
        fresh.until((input.at - fresh.run.scenario.world.start) / 60_000)
        fresh.move('magpie', { ...input.move, startInMinutes: 14_400 })
        continue
      }
      fresh.until((input.at - fresh.run.scenario.world.start) / 60_000)
      fresh.run.apply(input)
    }
    fresh.until(45)
    const vans = (lines: string[]): string[] => lines.filter((line) => line.includes('device:van-'))
    expect(vans(play.telemetry()).length).toBeGreaterThan(500)
    expect(vans(fresh.telemetry())).toEqual(vans(play.telemetry()))
    expect(answer.untouched.events).toBeGreaterThan(answer.untouched.of / 2)
    expect(answer.untouched.events).toBeLessThan(answer.untouched.of)
  })

  it('[X7] acting at once would have saved the parcels, and the price is told', () => {
    const choices = debriefOf(play.run.state).choices
    const stolen = play.run.meters().parcelsLost
    expect(stolen).toBeGreaterThan(0)
    const atOnce = choices.find(
      (one) =>
        one.id.startsWith('at-once') &&
        play.run.state.incidents.find((incident) => `at-once:${incident.id}` === one.id)?.attack ===
          'D1',
    )
    expect(atOnce).toBeDefined()
    const answer = counterfactual(
      () => optionsOf('market-day', 21),
      play.inputs,
      play.run.state,
      atOnce!.id,
    )
    if ('error' in answer) throw new Error(answer.error)
    expect(answer.was.parcelsLost).toBe(stolen)
    expect(answer.would.parcelsLost).toBeLessThan(stolen)
  })

  it('[X8] a choice that names nothing is refused by name', () => {
    expect(
      counterfactual(() => optionsOf('market-day', 21), play.inputs, play.run.state, 'without:9'),
    ).toEqual({ error: 'no-such-choice' })
    expect(
      counterfactual(() => optionsOf('market-day', 21), play.inputs, play.run.state, 'nonsense'),
    ).toEqual({ error: 'no-such-choice' })
  })
})
