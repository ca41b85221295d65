import { describe, expect, it } from 'vitest'
import { Incidents, OPEN_MAX, QUIET_MS, REPEAT_MS } from '../../../engine/alert/correlate.ts'
import type { Finding } from '../../../engine/alert/finding.ts'
import { riskOf } from '../../../engine/alert/risk.ts'

function finding(over: Partial<Finding> = {}): Finding {
  return {
    time: 0,
    kind: 'R',
    detector: 'rule',
    family: 'payment',
    severity: 4,
    title: 'a rule',
    lead: ['ip:1'],
    entities: [],
    evidence: ['e1'],
    ...over,
  }
}

/** `id lead kinds` of each incident, after adding all findings. */
function story(findings: readonly Finding[]): string[] {
  const incidents = new Incidents()
  for (const each of findings) incidents.add(each)
  return incidents.all().map(({ id, lead, kinds }) => `${id} ${lead.join(',')} ${kinds.join('')}`)
}

describe('[I1] joining', () => {
  const rows: readonly (readonly [string, readonly Finding[], readonly string[]])[] = [
    [
      'one lead entity, two kinds',
      [finding(), finding({ kind: 'T', detector: 't', lead: ['ip:1', 'card:2'] })],
      ['i-0 ip:1,card:2 RT'],
    ],
    [
      'two attacks at once on different entities',
      [finding(), finding({ lead: ['ip:2'] })],
      ['i-0 ip:1 R', 'i-1 ip:2 R'],
    ],
    [
      'one entity, two families',
      [finding(), finding({ family: 'shop' })],
      ['i-0 ip:1 R', 'i-1 ip:1 R'],
    ],
    [
      'entities that are not lead do not join',
      [finding({ entities: ['card:9'] }), finding({ lead: ['ip:2'], entities: ['card:9'] })],
      ['i-0 ip:1 R', 'i-1 ip:2 R'],
    ],
    [
      'the one that shares most',
      [
        finding(),
        finding({ lead: ['ip:2', 'ip:3'] }),
        finding({ detector: 'x', lead: ['ip:1', 'ip:2', 'ip:3'] }),
      ],
      ['i-0 ip:1 R', 'i-1 ip:2,ip:3,ip:1 R'],
    ],
  ]
  it.each(rows)('[I1] %s', (_name, findings, expected) => {
    expect(story(findings)).toEqual(expected)
  })
})

describe('[I2] closing', () => {
  it('[I2] closes 30 quiet minutes after the last alert, and opens another for a later one', () => {
    const incidents = new Incidents()
    incidents.add(finding())
    incidents.expire(QUIET_MS - 1)
    expect(incidents.all()[0]?.closed).toBeNull()
    incidents.add(finding({ time: QUIET_MS - 1 }))
    incidents.add(finding({ time: 3 * QUIET_MS }))
    expect(incidents.all().map(({ opened, closed }) => [opened, closed])).toEqual([
      [0, 2 * QUIET_MS - 1],
      [3 * QUIET_MS, null],
    ])
  })
})

describe('[I3] repetitions', () => {
  it('[I3] says nothing new within five minutes, and keeps the incident open', () => {
    const incidents = new Incidents()
    expect(incidents.add(finding())?.id).toBe('a-0')
    expect(incidents.add(finding({ time: REPEAT_MS - 1 }))).toBeNull()
    expect(incidents.all()[0]).toMatchObject({ lastAlert: REPEAT_MS - 1, alerts: [{ id: 'a-0' }] })
    expect(incidents.add(finding({ time: REPEAT_MS }))?.id).toBe('a-1')
  })
  it('[I3] lets a more severe one through', () => {
    const incidents = new Incidents()
    incidents.add(finding())
    expect(incidents.add(finding({ severity: 5 }))?.severity).toBe(5)
  })
})

describe('[I4] risk and weak alerts', () => {
  it('[I4] counts each kind once, by its best', () => {
    expect(riskOf([finding({ score: 0.5 }), finding({ score: 0.4 })])).toBe(0.5)
    expect(riskOf([finding({ score: 0.5 }), finding({ kind: 'M', score: 0.5 })])).toBe(0.75)
  })
  it('[I4] lets one weak learned alert wait, and opens with company of another kind', () => {
    const weak = finding({ kind: 'M', detector: 'm', severity: 2, score: 0.25 })
    const other = finding({ severity: 2, score: 0.25, time: 60_000 })
    expect(story([weak])).toEqual([])
    expect(story([weak, { ...weak, time: REPEAT_MS }])).toEqual([])
    expect(story([weak, { ...other, lead: ['ip:2'] }])).toEqual([])
    expect(story([weak, other])).toEqual(['i-0 ip:1 RM'])
    expect(story([weak, { ...other, time: QUIET_MS }])).toEqual([])
  })
})

describe('[I5] [I6] what an incident says, and its bounds', () => {
  it('[I5] takes severity, title and attack from the strongest alert', () => {
    const incidents = new Incidents()
    incidents.add(finding({ severity: 3, title: 'weak', attack: 'P2' }))
    incidents.add(finding({ severity: 5, title: 'strong', detector: 'x', attack: 'P1' }))
    expect(incidents.all()[0]).toMatchObject({ severity: 5, title: 'strong', attack: 'P1' })
  })
  it('[I6] closes the quietest early beyond the bound of open incidents', () => {
    const incidents = new Incidents()
    for (let n = 0; n <= OPEN_MAX; n += 1) incidents.add(finding({ time: n, lead: [`ip:${n}`] }))
    expect(incidents.all().filter(({ closed }) => closed === null)).toHaveLength(OPEN_MAX)
    expect(incidents.all()[0]?.closed).toBe(0)
  })
  it('reports what changed once', () => {
    const incidents = new Incidents()
    incidents.add(finding())
    expect(incidents.changes().map(({ id }) => id)).toEqual(['i-0'])
    expect(incidents.changes()).toEqual([])
    incidents.expire(QUIET_MS)
    expect(incidents.changes()[0]?.closed).toBe(QUIET_MS)
  })
  it('[E2] goes on after save and restore as if nothing had been', () => {
    const [whole, first, second] = [new Incidents(), new Incidents(), new Incidents()]
    const all = Array.from({ length: 40 }, (_, n) =>
      finding({
        time: n * 100_000,
        lead: [`ip:${n % 3}`],
        severity: n % 2 === 0 ? 2 : 4,
        detector: `d${n % 5}`,
      }),
    )
    for (const each of all) whole.add(each)
    for (const each of all.slice(0, 17)) first.add(each)
    second.restore(JSON.parse(JSON.stringify(first.save())))
    for (const each of all.slice(17)) second.add(each)
    expect(second.all()).toEqual(whole.all())
    expect(second.save()).toEqual(whole.save())
  })
})
