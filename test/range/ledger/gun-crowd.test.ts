import { describe, expect, it } from 'vitest'
import {
  ADDRESS_DELIVERIES,
  ADDRESS_TOKENS,
  ALL_TOKENS,
  Crowd,
  NEWCOMERS,
  SOCKETS_MAX,
} from '../../../range/server/gun/crowd.ts'
import { GUEST_BYTES_MAX, GUEST_VALUES_MAX, ValueStore } from '../../../range/server/gun/store.ts'

function member(address: string, gone: string[] = []) {
  return { address, makeRoom: () => void gone.push(address) }
}

/** A crowd with a clock of its own, and how many of `n` calls it granted. */
function crowdAt(clock = { now: 0 }) {
  const crowd = new Crowd(() => clock.now)
  const granted = (n: number, call: () => boolean) =>
    Array.from({ length: n }, call).filter(Boolean).length
  return { crowd, granted, clock }
}

describe('what all peers of the hub share', () => {
  it('[L40] is full at its number of sockets for whoever holds them all', () => {
    const { crowd, granted } = crowdAt()
    expect(granted(SOCKETS_MAX + 500, () => crowd.join(member('a')))).toBe(SOCKETS_MAX)
    expect(crowd.size).toBe(SOCKETS_MAX)
  })

  it('[L40] has a place for everybody else: the fullest address gives way, newest first', () => {
    const { crowd } = crowdAt()
    const gone: string[] = []
    const first = member('a', gone)
    crowd.join(first)
    for (let i = 1; i < SOCKETS_MAX; i++) crowd.join(member('a', gone))
    for (let i = 0; i < SOCKETS_MAX; i++) crowd.join(member('b', gone))
    expect(gone).toEqual(Array(SOCKETS_MAX / 2).fill('a'))
    expect(crowd.size).toBe(SOCKETS_MAX)
    expect(crowd.join(member('c', gone))).toBe(true)
    crowd.leave(first)
    expect(crowd.size).toBe(SOCKETS_MAX - 1)
  })

  it('[L40] lets one address open sockets only so fast', () => {
    const { crowd, granted, clock } = crowdAt()
    expect(granted(5000, () => crowd.mayCome('a'))).toBe(NEWCOMERS.burst)
    expect(crowd.mayCome('b')).toBe(true)
    clock.now = 1000
    expect(granted(5000, () => crowd.mayCome('a'))).toBe(NEWCOMERS.perSecond)
  })

  it('[L40] takes frames of one address, and of all, only so fast', () => {
    const { crowd, granted, clock } = crowdAt()
    expect(granted(30_000, () => crowd.pay('a', 1))).toBe(ADDRESS_TOKENS.burst)
    expect(crowd.pay('b', 1)).toBe(true)
    let others = 0
    const rest = granted(30_000, () => crowd.pay(`x${others++ % 100}`, 1))
    expect(rest).toBe(ALL_TOKENS.burst - ADDRESS_TOKENS.burst - 1)
    clock.now = 1000
    expect(granted(30_000, () => crowd.pay('a', 1))).toBe(ADDRESS_TOKENS.perSecond)
  })

  it('[L40] tells what one address puts to everybody only so often, by how many there are', () => {
    const { crowd, granted } = crowdAt()
    for (let i = 0; i < 500; i++) crowd.join(member('a'))
    expect(granted(1000, () => crowd.mayTell('a'))).toBe(ADDRESS_DELIVERIES.burst / 500)
    expect(crowd.mayTell('b')).toBe(true)
  })

  it('[L40] keeps the values of quiet addresses while another puts without end', () => {
    const store = new ValueStore()
    store.admit('cosig', 'quiet', 'a cosignature', 'quiet')
    for (let i = 0; i < 2 * GUEST_VALUES_MAX; i++) store.admit('entry', `n${i}`, 'small', 'loud')
    for (let i = 0; i < 300; i++) store.admit('entry', `b${i}`, 'x'.repeat(65_536), 'loud')
    expect(store.get('cosig', 'quiet')).toBe('a cosignature')
    expect(store.guests().values).toBeLessThanOrEqual(GUEST_VALUES_MAX)
    expect(store.guests().bytes).toBeLessThanOrEqual(GUEST_BYTES_MAX)
    expect(store.get('entry', 'b299')).toBeDefined()
  })
})
