import { expect, test } from 'vitest'
import { othersFirst, Turn } from '../../../range/server/turn.ts'

test('work is done one after the other, a failure stops nobody, and too many are sent away', async () => {
  const turn = new Turn(3)
  const done: string[] = []
  const work = (name: string, fails = false) =>
    turn.take(async () => {
      done.push(`${name} begins`)
      await othersFirst()
      if (fails) throw new Error(name)
      done.push(`${name} ends`)
      return name
    })
  const all = [work('a'), work('b', true), work('c'), work('d')]
  const settled = await Promise.allSettled(all)
  expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))).toEqual([
    'a',
    'failed',
    'c',
    { error: 'busy' },
  ])
  expect(done).toEqual(['a begins', 'a ends', 'b begins', 'c begins', 'c ends'])
  expect(await work('e')).toBe('e')
})
