import { expect, it } from 'vitest'
import { createPageCallCheck } from '../../../engine/integrity/page-calls.ts'
import { pageStore, type MadePage } from '../made-telemetry.ts'

const SCRIPTS = [{ src: '/assets/checkout.js', hash: 'aaa=', hosts: ['count.example'] }]
const look = (
  calls: NonNullable<MadePage['calls']>,
  operation: MadePage['operation'] = 'inventory',
) => pageStore(1_000, { operation, via: 'monitor', scripts: SCRIPTS, calls })
const told = (check = createPageCallCheck(), ...looks: readonly ReturnType<typeof look>[]) =>
  looks
    .flatMap((event) => check.see(event))
    .map(({ detector, lead }) => `${detector} ${lead.join(' ')}`)

it('[I11] the number that the monitor typed goes to the shop alone: any other host is told each time', () => {
  const taken = look([{ host: 'count.example', canary: true }])
  const line = 'page-canary page:checkout host:count.example'
  expect(told(undefined, taken, taken)).toEqual([line, line])
})

it('[I11] a host that no script names is a hint, told once, also after a restart', () => {
  const check = createPageCallCheck()
  const strange = look([{ host: 'drop.example', canary: false }])
  expect(told(check, strange, strange)).toEqual(['page-calls page:checkout host:drop.example'])
  const again = createPageCallCheck()
  again.restore(check.save())
  expect(told(again, strange)).toEqual([])
})

it('[I11] hosts that the scripts name, and what no monitor saw, say nothing', () => {
  expect(told(undefined, look([{ host: 'count.example', canary: false }]), look([]))).toEqual([])
  expect(told(undefined, look([{ host: 'drop.example', canary: true }], 'publish'))).toEqual([])
})
