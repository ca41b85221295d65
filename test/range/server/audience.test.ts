import { expect, test } from 'vitest'
import type { PatchOp } from '../../../range/protocol/message.ts'
import { apply } from '../../../range/protocol/patch.ts'
import type { View } from '../../../range/protocol/view.ts'
import { Audience, type Member } from '../../../range/server/audience.ts'

interface Row {
  readonly role: string
  readonly me: { readonly nickname: string }
  readonly shop?: string
  readonly points: number
  readonly messages: readonly string[]
}
/** What a browser holds, told by nothing but what it was sent. */
class Browser {
  view: Row | null = null
  sent: string[] = []
  gone: string | null = null
  seq = -1
  readonly member: Member
  constructor(id: string, seat: string, backlog = 0) {
    this.member = {
      id,
      seat,
      emit: (event, ...args) => {
        const [message] = args as unknown as [{ view: Row; seq: number; reason: string }]
        if (event === 'gone') this.gone = message.reason
        else [this.view, this.seq] = [message.view, message.seq]
      },
      patch: (seq, ops) => {
        expect(seq).toBe(this.seq + 1)
        this.seq = seq
        this.sent.push(ops)
        this.view = apply(JSON.parse(ops) as PatchOp[], this.view)
      },
      backlogBytes: () => backlog,
      drop: () => (this.gone ??= 'dropped'),
    }
  }
}

const SEATS = { a1: 'attacker', a2: 'attacker', d1: 'defender', d2: 'defender' } as const
function stage() {
  const shared = { points: 1, messages: ['one'] as readonly string[] }
  const names: Record<string, string> = { a1: 'Ada', a2: 'Bo', d1: 'Cy', d2: 'Di' }
  const viewOf = (seat: string) => ({
    role: SEATS[seat as 'a1'],
    me: { nickname: names[seat] },
    shop: `/x/${seat}/`,
    ...shared,
  })
  const audience = new Audience(
    (seat) => viewOf(seat) as unknown as View,
    () => 0,
  )
  const browsers = Object.keys(SEATS).map((seat) => new Browser(`b-${seat}`, seat))
  for (const { member } of browsers) audience.join(member)
  return { shared, names, viewOf, audience, browsers }
}

test('[N43] seats of a role get one text, and each view is what its own difference would give', () => {
  const { shared, names, viewOf, audience, browsers } = stage()
  shared.messages = [...shared.messages, 'two']
  audience.flush(new Set(['all']))
  expect(browsers[0]!.sent[0]).toBe(browsers[1]!.sent[0])
  // A seat's own part changes along with the shared one: the other seat must not get it.
  names['a2'] = 'Beatrix'
  shared.points = 5
  audience.flush(new Set(['all']))
  for (const { member, view } of browsers) expect(view).toEqual(viewOf(member.seat))
  expect(browsers[0]!.sent[1]).not.toContain('Beatrix')
  expect(browsers[1]!.sent[1]).toContain('Beatrix')
  // A browser that comes later has another history, and ends up at the same view.
  const late = new Browser('late', 'a1')
  audience.join(late.member)
  shared.points = 6
  audience.flush(new Set(['all']))
  expect(late.view).toEqual(viewOf('a1'))
})

test('[N42] only those to be shown something are sent anything, and nobody anything twice', () => {
  const { shared, audience, browsers } = stage()
  shared.points = 9
  audience.flush(new Set(['attacker']))
  expect(browsers.map(({ sent }) => sent.length)).toEqual([1, 1, 0, 0])
  audience.flush(new Set(['d2']))
  expect(browsers.map(({ sent }) => sent.length)).toEqual([1, 1, 0, 1])
  audience.flush(new Set(['all']))
  expect(browsers.map(({ sent }) => sent.length)).toEqual([1, 1, 1, 1])
  expect(browsers.map(({ view }) => view?.points)).toEqual([9, 9, 9, 9])
})

test('[N34] of a seat’s browsers the oldest goes when a fourth comes; one that does not read is dropped', () => {
  const { shared, audience } = stage()
  const more = [1, 2, 3].map((i) => new Browser(`m${i}`, 'd1'))
  for (const { member } of more) audience.join(member)
  expect(audience.size).toBe(6)
  const slow = new Browser('slow', 'd2', 5 * 1024 * 1024)
  audience.join(slow.member)
  shared.points = 2
  audience.flush(new Set(['all']))
  expect(slow.gone).toBe('dropped')
})
