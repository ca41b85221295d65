import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseLab } from '../../../range/protocol/door.ts'
import { openStore } from '../../../range/server/database.ts'
import { designOf, designScenario, designSlug } from '../../../range/server/design-lab.ts'
import { Rooms } from '../../../range/server/rooms.ts'
import { loadScenario } from '../../../range/server/scenarios.ts'

const REFUNDS = { workflow: 'returns-and-refunds', without: ['fourEyes'] }
const GOODS = 'posted-goods'

test('[N48] the scenario of a proof is found again by its name, the same each time', () => {
  const slug = designSlug({ workflow: GOODS, without: ['signedHandover', 'sca'] })
  expect(slug).toBe('design:posted-goods:sca,signedHandover')
  expect(designOf(slug)).toEqual({ workflow: GOODS, without: ['sca', 'signedHandover'] })
  const named = { workflow: GOODS, without: ['sca', 'signedHandover'], property: 'known-hands' }
  expect(designOf(designSlug(named))).toEqual(named)
  for (const other of ['w1', 'design:', 'design:../w1:sca', 'design:posted-goods:'])
    expect(designOf(other)).toBeNull()
  const [once, again] = [loadScenario(designSlug(REFUNDS)), loadScenario(designSlug(REFUNDS))]
  if (!once.ok || !again.ok) throw new Error('not loaded')
  expect(once.scenario.digest).toBe(again.scenario.digest)
  expect(once.scenario.world.controls.fourEyes).toBe(false)
  expect([...once.playbooks.keys()]).toEqual(['I1'])
})

test('[N48] what a browser says is searched again; what is not broken or not played is refused', () => {
  const check = (workflow: string, without: readonly string[], expected: unknown): void => {
    const made = designScenario({ workflow, without })
    expect([workflow, without, made.ok ? made.sides : made.reason]).toEqual([
      workflow,
      without,
      expected,
    ])
  }
  check(REFUNDS.workflow, REFUNDS.without, ['attacker', 'defender'])
  check(GOODS, ['sca'], ['attacker', 'defender'])
  check(GOODS, ['serverSidePrice'], ['customer'])
  check(GOODS, [], 'no-such-control')
  check(GOODS, ['fourEyes'], 'no-such-control')
  check(GOODS, ['sca', 'fourEyes'], 'no-such-control')
  const both = { workflow: GOODS, without: ['serverSidePrice', 'signedHandover'] }
  expect(designScenario(both)).toMatchObject({ ok: true, sides: ['customer'] })
  expect(designScenario({ ...both, property: 'known-hands' })).toMatchObject({
    ok: true,
    sides: ['attacker', 'defender'],
  })
  const wrong = (property: string): unknown => designScenario({ ...both, property })
  expect(wrong('holder-agreed')).toEqual({ ok: false, reason: 'nothing-to-play' })
  expect(wrong('no-such')).toEqual({ ok: false, reason: 'no-such-property' })
  check('pharmacy', ['fourEyes'], 'not-played')
  check('../scenarios', ['sca'], 'no-such-workflow')
  check('no-such', ['sca'], 'no-such-workflow')
})

test('[N48] a lab is asked for by module or by design; anything else is refused at the door', () => {
  const design = { ...REFUNDS, side: 'attacker' }
  expect(parseLab({ design })).toEqual({ ok: true, value: { design } })
  for (const wrong of [
    { ...design, side: 'trainer' },
    { ...design, without: [] },
    { ...design, without: ['a:b'] },
    { ...design, workflow: '../x' },
    { ...design, steps: [] },
  ])
    expect(parseLab({ design: wrong }).ok).toBe(false)
})

test('[N48] a lab that plays a proof goes on after the server began anew', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'doorstep-design-'))
  const store = openStore(dir)
  try {
    const rooms = await Rooms.open(store)
    const scenario = designSlug(REFUNDS)
    const made = await rooms.create({ scenario, mode: 'lab', owner: null })
    if (!made.ok) throw new Error(made.reason)
    const seat = await rooms.seat(made.room, 'attacker', 'You')
    expect(seat.ok).toBe(true)
    await rooms.close()
    const later = await Rooms.open(store)
    expect(await later.resume()).toEqual([])
    expect(later.get(made.room.id)?.run.scenario.slug).toBe(scenario)
    await later.close()
  } finally {
    store.close()
    rmSync(dir, { recursive: true, force: true })
  }
}, 60_000)
