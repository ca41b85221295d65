import { expect, it } from 'vitest'
import { entryWords } from '../../site/proof/entry-words.ts'

it('says what an input of the record was', () => {
  const input = { at: 32_460_000, kind: 'SeatTaken', nickname: 'Oma Erna', role: 'customer' }
  expect(entryWords({ kind: 'input', input })).toBe(
    '09:01 in the town: Oma Erna took a seat (customer).',
  )
})
it('says who made which move', () => {
  const launch = { kind: 'Launch', technique: 'W1' }
  expect(entryWords({ kind: 'input', input: { at: 0, kind: 'Moved', move: launch } })).toBe(
    '00:00 in the town: an attacker started a job: Checkout skimmer.',
  )
  const actions = [{ kind: 'RestorePage' }, { kind: 'BlockHost' }]
  const respond = { at: 0, kind: 'Moved', move: { kind: 'Respond', actions } }
  expect(entryWords({ kind: 'input', input: respond })).toContain('page restored, host blocked.')
})
it('explains fillers and fingerprints', () => {
  expect(entryWords({ kind: 'padding' })).toContain('A filler')
  expect(entryWords({ kind: 'digest', at: 33_922_000 })).toContain('09:25 in the town')
})
it('keeps its footing on strange entries', () => {
  for (const entry of [null, 7, {}, { kind: 'input' }, { kind: 'input', input: { kind: 'X' } }])
    expect(entryWords(entry)).toContain('no words for')
  const torn = { kind: 'input', input: { kind: 'Moved', move: { kind: 'Respond', actions: 1 } } }
  expect(entryWords(torn)).toContain('acted: ….')
})
