import { expect, it } from 'vitest'
import type { Finding } from '../../range/client/own-moves.ts'
import type { ReceiptMessage } from '../../range/protocol/message.ts'
import { ReceiptWatch, type Alarm } from '../../site/exercise/receipt-watch.ts'

const message = (id: number): ReceiptMessage => ({ id: `m${id}`, receipt: '', opening: '' })

function watched(kept: readonly ReceiptMessage[], states: Record<string, Finding['state']>) {
  const asked: string[][] = []
  const alarms: Alarm[] = []
  const watch = new ReceiptWatch({
    read: () => kept,
    check(messages) {
      asked.push(messages.map(({ id }) => id))
      const findings = messages.map(({ id }) => ({ state: states[id] ?? 'logged' }) as Finding)
      return Promise.resolve({ ok: true, size: 1, findings })
    },
    raise: (alarm) => alarms.push(alarm),
  })
  return { watch, asked, alarms }
}

it('[L86] asks for nothing without receipts, and for each only until it is found', async () => {
  const none = watched([], {})
  expect(await none.watch.look()).toBe(0)
  expect(none.asked).toEqual([])
  const states: Record<string, Finding['state']> = { m1: 'due' }
  const { watch, asked, alarms } = watched([message(0), message(1)], states)
  expect(await watch.look()).toBe(1)
  states['m1'] = 'logged'
  expect(await watch.look()).toBe(1)
  expect(await watch.look()).toBe(0)
  expect(asked).toEqual([['m0', 'm1'], ['m1']])
  expect(alarms).toEqual([])
})

it('[L86] raises what is unlogged, bent or not signed, once each, at most 32 in one go', async () => {
  const kept = Array.from({ length: 70 }, (_, i) => message(i))
  const { watch, asked, alarms } = watched(kept, { m3: 'unlogged', m40: 'bent', m69: 'refused' })
  while ((await watch.look()) > 0);
  expect(asked.map(({ length }) => length)).toEqual([32, 32, 6])
  expect(alarms).toEqual(['unlogged', 'bent', 'refused'])
})

it('[L86] a record that cannot be read is no alarm, and is tried again', async () => {
  let readable = false
  const alarms: Alarm[] = []
  const watch = new ReceiptWatch({
    read: () => [message(0)],
    check: () =>
      Promise.resolve(
        readable
          ? { ok: true, size: 1, findings: [{ state: 'unlogged' }] }
          : { ok: false, code: 'not-there' },
      ),
    raise: (alarm) => alarms.push(alarm),
  })
  expect(await watch.look()).toBe(0)
  readable = true
  expect(await watch.look()).toBe(1)
  expect(alarms).toEqual(['unlogged'])
})
