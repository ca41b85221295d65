import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createFormulaDetector } from '../../../engine/alert/formula-detector.ts'
import type { Detector } from '../../../engine/alert/finding.ts'
import { createFormulaSet } from '../../../engine/mfotl/detector.ts'
import { call, payment } from '../made-telemetry.ts'

const FOLDER = new URL('../../../engine/formulas/', import.meta.url)
const SECOND = 1_000

function detector(...names: readonly string[]): Detector {
  const files = names.map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), 'utf8') }))
  const made = createFormulaSet(files, readFileSync(new URL('telemetry.sig', FOLDER), 'utf8'))
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics))
  return createFormulaDetector(made.set, null)
}
const grant = (time: number) =>
  call(time, { operation: 'download.grant', user: 'shop', resources: ['order:O1'] })

test('[E7] a property that looks ahead speaks although nothing else happens', () => {
  const one = detector('granted-before-paid.yml')
  expect(one.see(grant(10 * SECOND))).toEqual([])
  expect(one.tick(60 * SECOND)).toEqual([])
  const other = detector('granted-before-paid.yml')
  other.restore(JSON.parse(JSON.stringify(one.save())))
  for (const each of [one, other]) {
    const found = [80, 140, 200].flatMap((second) => each.tick(second * SECOND))
    expect(found).toMatchObject([
      { time: 10 * SECOND, detector: 'granted-before-paid', lead: ['order:O1'] },
    ])
  }
})

test('[E7] the event that it waits for silences it', () => {
  const one = detector('granted-before-paid.yml')
  one.see(grant(10 * SECOND))
  one.see(payment(12 * SECOND, { order: 'O1' }))
  expect([80, 140].flatMap((second) => one.tick(second * SECOND))).toEqual([])
})

test('[E7] a set that looks back alone is not woken by time', () => {
  const one = detector('refunds-to-one-card.yml')
  const before = JSON.stringify(one.save())
  expect(one.tick(600 * SECOND)).toEqual([])
  expect(JSON.stringify(one.save())).toBe(before)
})
