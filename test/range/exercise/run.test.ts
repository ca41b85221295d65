import { describe, expect, it } from 'vitest'
import { firstDivergence, replay } from '../../../range/exercise/replay.ts'
import { optionsOf, Play } from './rig.ts'

function played(seed: number): Play {
  const play = new Play(optionsOf('market-day', seed))
  play.seat('magpie', 'attacker')
  play.seat('heron', 'defender')
  play.start()
  play.until(6)
  expect(
    play.move('magpie', {
      kind: 'Launch',
      technique: 'W1',
      params: { stealth: 0 },
      startInMinutes: 0,
    }).ok,
  ).toBe(true)
  play.until(14)
  return play
}

describe('a run', () => {
  it('[X1] gives the same bytes for the same scenario, seed and inputs', () => {
    const [one, two] = [played(11), played(11)]
    expect(one.outputs.map((output) => output.digest)).toEqual(
      two.outputs.map((output) => output.digest),
    )
    expect(one.telemetry()).toEqual(two.telemetry())
  })

  it('[X2] replayed from its inputs equals what was recorded, digest for digest', () => {
    const live = played(12)
    const recorded = new Map(live.outputs.map((output) => [output.at, output.digest]))
    let ticks = 0
    replay(optionsOf('market-day', 12), live.inputs, live.run.now(), (output) => {
      ticks++
      expect(firstDivergence(recorded, output)).toBeNull()
    })
    expect(ticks).toBe(live.outputs.length)
  })

  it('[X3] another seed gives another day', () => {
    expect(played(11).outputs.at(-1)!.digest).not.toBe(played(13).outputs.at(-1)!.digest)
  })

  it('[X4] refuses what a seat may not do, and changes nothing by it', () => {
    const play = new Play(optionsOf('market-day', 3))
    play.seat('magpie', 'attacker')
    play.seat('heron', 'defender')
    const launch = { kind: 'Launch', technique: 'W1', params: {}, startInMinutes: 0 } as const
    expect(play.move('magpie', launch)).toEqual({ ok: false, reason: 'paused' })
    play.start()
    expect(play.move('heron', launch)).toEqual({ ok: false, reason: 'not-your-role' })
    expect(play.move('magpie', { ...launch, technique: 'Z9' })).toEqual({
      ok: false,
      reason: 'no-such-attack',
    })
    expect(
      play.move('magpie', {
        kind: 'Respond',
        incident: null,
        actions: [{ kind: 'FreezeRefunds' }],
      }),
    ).toEqual({ ok: false, reason: 'not-your-role' })
    expect(play.move('nobody', launch)).toEqual({ ok: false, reason: 'no-such-seat' })
    expect(play.run.truth()).toEqual([])
  })

  it('[X5] a skimmer is seen, its page restored by a decision, and the recovery checked', () => {
    const play = played(14)
    const incident = play.run.state.incidents.find((one) => one.attack === 'W1')
    expect(incident?.kinds).toContain('I')
    const view = play.run.view('heron')
    if (view?.role !== 'defender') throw new Error('no desk')
    const steps = view.incidents.find((one) => one.id === incident!.id)!.playbook
    expect(steps.map((step) => step.action.kind)).toContain('RestorePage')
    const leakedBefore = play.run.meters().cardsLeaked
    expect(
      play.move('heron', {
        kind: 'Respond',
        incident: incident!.id,
        actions: steps.filter((step) => step.recommended).map((step) => step.action),
      }).ok,
    ).toBe(true)
    play.until(18)
    const leaked = play.run.meters().cardsLeaked
    play.until(40)
    expect(leaked).toBeGreaterThanOrEqual(leakedBefore)
    expect(play.run.meters().cardsLeaked).toBe(leaked)
    expect(play.run.state.desk.get(incident!.id)!.status).toBe('recovered')
    expect(play.run.score().some((line) => line.why === 'page-restored' && line.points > 0)).toBe(
      true,
    )
  })
})
