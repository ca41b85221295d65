import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createRuleSet } from '../../engine/sigma/rule-set.ts'
import { correlate, decide, toYaml } from './sigma.ts'
import { ASCII, BASES, LETTERS, count, eventOf, ruleOf, stream } from './sigma-random.ts'
import { SqlSigma } from './sigma-sql.ts'

const RUNS = Number(process.env['SIGMA_RUNS'] ?? 1_500)

function load(yaml: string): ReturnType<typeof createRuleSet> & { ok: true } {
  const result = createRuleSet([{ name: 'random.yml', text: yaml }])
  if (!result.ok) throw new Error(`${yaml}\n${JSON.stringify(result.diagnostics)}`)
  return result
}

describe('engine against oracle', () => {
  it('[S1] to [S17]: a random rule decides random events alike', () => {
    fc.assert(
      fc.property(
        ruleOf(LETTERS),
        fc.array(eventOf(LETTERS), { minLength: 1, maxLength: 8 }),
        (random, events) => {
          const { set } = load(toYaml([random]))
          for (const [i, each] of events.entries()) {
            expect([each, set.step(each, i).length > 0]).toEqual([each, decide(random, each)])
          }
        },
      ),
      { numRuns: RUNS },
    )
  })

  it('[S19] to [S25]: random correlations match at the same events, saved and restored at any point', () => {
    fc.assert(
      fc.property(
        fc.array(count, { minLength: 1, maxLength: 3 }),
        stream,
        fc.nat(25),
        (counts, timed, cut) => {
          const yaml = toYaml(BASES, counts)
          let { set } = load(yaml)
          const seen = counts.map((): number[] => [])
          for (const [i, each] of timed.entries()) {
            if (i === cut) {
              const saved = JSON.parse(JSON.stringify(set.save())) as ReturnType<typeof set.save>
              set = load(yaml).set
              set.restore(saved)
            }
            for (const match of set.step(each.event, each.seconds * 1000)) {
              if (match.ruleId.startsWith('C')) seen[Number(match.ruleId.slice(1))]?.push(i)
            }
          }
          expect(seen).toEqual(counts.map((each) => correlate(each, BASES, timed)))
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

describe('engine against SQL', () => {
  const sql = new SqlSigma()
  afterAll(() => sql.close())

  it('[S32] SQLite finds the same events by the same rule', () => {
    fc.assert(
      fc.property(
        ruleOf(ASCII),
        fc.array(eventOf(ASCII), { minLength: 1, maxLength: 12 }),
        (random, events) => {
          const { set } = load(toYaml([random]))
          const found = events.flatMap((each, i) => (set.step(each, i).length > 0 ? [i] : []))
          expect(found).toEqual(sql.matching(random, events))
        },
      ),
      { numRuns: Math.floor(RUNS / 2) },
    )
  })

  it('[S32] SQLite finds a correlation at the same events', () => {
    fc.assert(
      fc.property(count, stream, (counted, timed) => {
        const { set } = load(toYaml(BASES, [counted]))
        const found = timed.flatMap(({ seconds, event }, i) =>
          set.step(event, seconds * 1000).some((m) => m.ruleId === 'C0') ? [i] : [],
        )
        expect(found).toEqual(sql.correlating(counted, BASES, timed))
      }),
      { numRuns: Math.floor(RUNS / 3) },
    )
  })
})
