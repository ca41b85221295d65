import { describe, expect, it } from 'vitest'
import type { PageScript, Telemetry } from '../../../engine/event/telemetry.ts'
import {
  createInventoryCheck,
  releaseKeyOf,
  signInventory,
} from '../../../engine/integrity/inventory.ts'
import { createLogHealthCheck } from '../../../engine/integrity/log-health.ts'
import { audit, pageStore } from '../made-telemetry.ts'

const SECRET = new Uint8Array(32).fill(7)
const THIEF = new Uint8Array(32).fill(8)
const OWN: PageScript = { src: '/assets/checkout.js', hash: 'aaa=', hosts: ['count.example'] }
const TAG: PageScript = {
  src: 'https://count.example/tag.js',
  hash: 'bbb=',
  hosts: ['count.example'],
}
const SKIMMER: PageScript = {
  src: 'inline:0',
  hash: 'ccc=',
  hosts: ['drop.example', 'count.example'],
}
const BASELINE = {
  releaseKey: releaseKeyOf(SECRET),
  pages: [
    { page: 'checkout', scripts: [OWN], signature: signInventory(SECRET, 'checkout', [OWN]) },
  ],
}
const minutes = (n: number): number => n * 60_000

/** `time lead` of each alert, with a tick each second until `end`. */
function alerts(events: readonly Telemetry[], end: number): string[] {
  const check = createInventoryCheck(BASELINE)
  const found: string[] = []
  for (let now = 0; now <= end; now += 1_000) {
    const due = events.filter(({ time }) => time > now - 1_000 && time <= now)
    for (const each of [...due.flatMap((event) => check.see(event)), ...check.tick(now)])
      found.push(`${each.time} ${each.lead.join(' ')}`)
  }
  return found
}
const sign = (
  time: number,
  scripts: readonly PageScript[],
  secret = SECRET,
  page = 'checkout',
): Telemetry => {
  return pageStore(time, {
    operation: 'sign',
    via: 'release',
    page,
    scripts,
    signature: signInventory(secret, page, scripts),
  })
}
const look = (time: number, scripts: readonly PageScript[]): Telemetry =>
  pageStore(time, { operation: 'inventory', via: 'monitor', scripts })

describe('[I7] scripts and signatures', () => {
  const rows: readonly (readonly [string, readonly Telemetry[], readonly string[]])[] = [
    ['the signed page', [look(1_000, [OWN])], []],
    [
      'a skimmer by an editor alone, after 15 s',
      [pageStore(1_000, { operation: 'publish', scripts: [OWN, SKIMMER] })],
      ['16000 page:checkout host:drop.example'],
    ],
    [
      'a skimmer by the tag manager, seen by the monitor, after two minutes',
      [look(1_000, [OWN, SKIMMER])],
      ['121000 page:checkout host:drop.example'],
    ],
    [
      'a changed dependency keeps its address',
      [look(1_000, [{ ...OWN, hash: 'zzz=' }])],
      ['121000 page:checkout'],
    ],
    ['taken out again within its grace', [look(1_000, [OWN, SKIMMER]), look(60_000, [OWN])], []],
    ['signed by somebody else', [sign(1_000, [OWN, SKIMMER], THIEF)], ['1000 page:checkout']],
    [
      'a signature of another page',
      [
        {
          ...sign(1_000, [OWN, SKIMMER], SECRET, 'home'),
          body: {
            ...sign(1_000, [OWN, SKIMMER], SECRET, 'home').body,
            unmapped: {
              operation: 'sign' as const,
              page: { uid: 'checkout', revision: 1 },
              via: 'release' as const,
              approved_by: null,
              scripts: [OWN, SKIMMER],
              signature: signInventory(SECRET, 'home', [OWN, SKIMMER]),
            },
          } as Telemetry['body'],
        },
      ],
      ['1000 page:checkout'],
    ],
    [
      'always new scripts do not put it off',
      [1, 100, 200, 300].map((s) => look(s * 1_000, [OWN, { ...SKIMMER, hash: `${s}=` }])),
      ['241000 page:checkout host:drop.example', '300000 page:checkout host:drop.example'],
    ],
  ]
  it.each(rows)('[I7] %s', (_name, events, expected) => {
    expect(alerts(events, minutes(6))).toEqual(expected)
  })
  const benign: readonly (readonly [string, readonly Telemetry[]])[] = [
    [
      'a release, signed within two minutes',
      [
        pageStore(1_000, {
          operation: 'publish',
          via: 'release',
          author: 'release',
          approvedBy: 'release',
          scripts: [{ ...OWN, hash: 'new=' }],
        }),
        sign(100_000, [{ ...OWN, hash: 'new=' }]),
      ],
    ],
    [
      'a new tag, approved and signed',
      [
        pageStore(1_000, { operation: 'publish', approvedBy: 'bert', scripts: [OWN, TAG] }),
        sign(90_000, [OWN, TAG]),
        look(200_000, [OWN, TAG]),
      ],
    ],
    [
      'the old state restored',
      [
        sign(1_000, [OWN, TAG]),
        pageStore(2_000, { operation: 'restore', via: 'restore', scripts: [OWN] }),
      ],
    ],
  ]
  it.each(benign)('[I7] says nothing of %s', (_name, events) => {
    expect(alerts(events, minutes(6))).toEqual([])
  })
  it('[I7] refuses a baseline that its key did not sign', () => {
    const forged = { ...BASELINE, pages: [{ ...BASELINE.pages[0]!, scripts: [OWN, SKIMMER] }] }
    expect(() => createInventoryCheck(forged)).toThrow('not signed by the release key')
  })
  it('[I8] leads with the page and hosts that no signed script names', () => {
    const check = createInventoryCheck(BASELINE)
    check.see(look(0, [OWN, SKIMMER]))
    expect(check.tick(minutes(2))[0]?.lead).toEqual(['page:checkout', 'host:drop.example'])
  })
  it('[E2] keeps its doubts and what it learnt over save and restore', () => {
    const [one, two] = [createInventoryCheck(BASELINE), createInventoryCheck(BASELINE)]
    one.see(sign(0, [OWN, TAG]))
    one.see(look(1_000, [OWN, TAG, SKIMMER]))
    two.restore(JSON.parse(JSON.stringify(one.save())))
    expect(two.tick(minutes(3))).toEqual(one.tick(minutes(3)))
  })
})

describe('[I9] the stored log', () => {
  it('[I9] tells a changed record, and is silent about an intact one', () => {
    const check = createLogHealthCheck()
    expect(check.see(audit(0, 'intact'))).toEqual([])
    expect(check.see(audit(0, 'changed'))).toMatchObject([
      { kind: 'I', family: 'insider', lead: ['device:ledger'], attack: 'I4' },
    ])
  })
})
