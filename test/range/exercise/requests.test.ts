import { describe, expect, it } from 'vitest'
import { loadEngineParts } from '../../../range/server/engine-parts.ts'
import { optionsOf, Play } from './rig.ts'

const TRIED = ["lamp' or '1'='1' -- ", '<svg onload=alert(1)>', '../../../../etc/passwd']

describe('requests that a player writes by hand', () => {
  it('[A11] are judged by the learned scorer in an exercise as well', async () => {
    const { requestScorer, digests } = await loadEngineParts()
    expect(requestScorer).not.toBeNull()
    expect(digests.models).toMatch(/^[0-9a-f]{24}$/)
    const play = new Play(optionsOf('quiet-day', 5))
    play.seat('wren', 'customer')
    play.start()
    play.until(2)
    for (const text of TRIED) {
      const query = `q=${encodeURIComponent(text)}`
      const outcome = play.give({ kind: 'Requested', seat: 'wren', request: search(query) })
      expect(outcome.ok).toBe(true)
      play.until((play.run.now() - play.run.scenario.world.start) / 60_000 + 0.5)
    }
    const alerts = play.outputs.flatMap((output) => output.alerts)
    const learned = alerts.filter((alert) => alert.detector === requestScorer!.name)
    expect(learned.flatMap((alert) => alert.lead)).toContain('ip:10.3.77.7')
    const [incident] = play.run.state.incidents.filter((one) => one.kinds.includes('M'))
    expect(incident?.lead).toEqual(['ip:10.3.77.7'])
  })
})

function search(query: string) {
  return {
    method: 'GET',
    host: 'larchlane.example',
    path: '/search',
    query,
    form: {},
    session: 's-wren',
    ip: '10.3.77.7',
    agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    referrer: '',
  } as const
}
