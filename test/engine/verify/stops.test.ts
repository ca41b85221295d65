import { expect, test } from 'vitest'
import { search, TELL_STATES } from '../../../engine/verify/search.ts'
import { stopsOf } from '../../../engine/verify/stops.ts'
import { modelOf } from './shipped.ts'

function stops(slug: string, without: readonly string[]): string[] {
  const model = modelOf(slug, without)
  const verdict = search(model)
  if (verdict.kind !== 'violated') throw new Error(`${slug} holds`)
  return stopsOf(model, verdict.trace).map(({ control, step }) => `${control} at ${step + 1}`)
}

test.each([
  ['returns-and-refunds', ['fourEyes'], ['fourEyes at 2']],
  ['returns-and-refunds', ['fourEyes', 'inspection'], ['inspection at 1']],
  ['posted-goods', ['sca'], ['sca at 2']],
  ['posted-goods', ['serverSidePrice'], ['serverSidePrice at 1']],
  ['posted-goods', ['signedHandover'], ['signedHandover at 4']],
  ['locker-hand-over', ['guessLimit'], ['guessLimit at 5']],
  ['virtual-goods', ['singleUseCode'], ['singleUseCode at 5']],
  ['supplier-invoices', ['callBack'], ['callBack at 2']],
])('[V18] %s without %s: %s', (slug, without, expected) => {
  expect(stops(slug, without)).toEqual(expected)
})

test('[V18] a way that is as long as it is with the control on has no stop', () => {
  expect(stopsOf(modelOf('posted-goods', ['sca']), [])).toEqual([])
})

test('[V18] a search tells how many states it knows, never fewer than before', () => {
  const told: number[] = []
  const verdict = search(modelOf('posted-goods'), (states) => told.push(states))
  if (verdict.kind !== 'proved') throw new Error('posted-goods does not hold')
  expect(told).toHaveLength(Math.floor(verdict.states / TELL_STATES))
  expect(told).toEqual([...told].sort((a, b) => a - b))
  expect(told.at(-1)).toBeLessThanOrEqual(verdict.states)
})
