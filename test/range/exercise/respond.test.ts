import { describe, expect, it } from 'vitest'
import { optionsOf, Play } from './rig.ts'

describe('a response', () => {
  it('[R5] works after its time, one action after the other, and may be refused by the world', () => {
    const play = new Play(optionsOf('market-day', 41))
    play.seat('heron', 'defender')
    play.start()
    play.until(2)
    const answer = play.move('heron', {
      kind: 'Respond',
      incident: null,
      actions: [{ kind: 'FreezeRefunds' }, { kind: 'RestorePage', page: 'checkout' }],
    })
    expect(answer.ok).toBe(true)
    const decisions = play.run.state.decisions
    const start = play.run.now()
    expect(decisions.map(({ due }) => due - start)).toEqual([5_000, 25_000])
    expect(decisions.map(({ effect }) => effect)).toEqual(['pending', 'pending'])
    expect(play.run.world().shop.refundsFrozen).toBe(false)
    play.until(2.5)
    expect(play.run.world().shop.refundsFrozen).toBe(true)
    expect(decisions.map(({ effect }) => effect)).toEqual(['done', 'refused'])
    expect(decisions[1]!.reason).not.toBeNull()
    expect(decisions.map(({ doneAt }) => doneAt! - start)).toEqual([5_000, 25_000])
  })

  it('[R5] a blocked host is let in again by its own undo, and the office log tells both', () => {
    const play = new Play(optionsOf('market-day', 41))
    play.seat('heron', 'defender')
    play.start()
    const host = 'stats.example'
    for (const kind of ['BlockHost', 'UnblockHost', 'UnblockHost'] as const) {
      play.move('heron', { kind: 'Respond', incident: null, actions: [{ kind, host }] })
      play.until((play.run.now() - play.run.scenario.world.start) / 60_000 + 0.2)
    }
    const { decisions } = play.run.state
    expect(decisions.map(({ effect, target }) => `${effect} ${target}`)).toEqual([
      `done host:${host}`,
      `done host:${host}`,
      `refused host:${host}`,
    ])
    expect(decisions[2]!.reason).toBe('host-not-blocked')
    expect(play.run.world().shop.csp.blocked).toEqual([])
    const told = play.telemetry().filter((event) => event.includes(`host:${host}`))
    expect(told.map((event) => /host\.(un)?block/.exec(event)?.[0])).toEqual([
      'host.block',
      'host.unblock',
    ])
  })
})
