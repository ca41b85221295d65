import { describe, expect, it } from 'vitest'
import { withVanNames } from '../../../engine/twin/van-name.ts'
import { ROAD } from '../made-telemetry.ts'

describe('names of vans', () => {
  const plan = {
    ...ROAD,
    vans: [
      { ...ROAD.vans[0]!, id: 'van:0', name: 'Van 1' },
      { ...ROAD.vans[0]!, id: 'van:10', name: 'Van 11' },
    ],
  }

  it('[I10] stand in titles instead of references, where the plan has them', () => {
    expect(withVanNames('The door of van:10 opened; van:0 and van:3', plan)).toBe(
      'The door of Van 11 opened; Van 1 and van:3',
    )
  })

  it('are left as they are without a plan', () => {
    expect(withVanNames('van:0: it is on no road', null)).toBe('van:0: it is on no road')
  })
})
