import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { search } from '../../../engine/verify/search.ts'
import { storyOf } from '../../../engine/verify/story.ts'
import { configOf } from '../../range/world/shop-rig.ts'
import { modelOf, shippedWorkflow, SLUGS } from './shipped.ts'

const GOLDEN = new URL('counterexamples.golden.txt', import.meta.url)

test('the shipped workflows are the six of commerce and one that is no shop', () => {
  expect(SLUGS).toEqual([
    'locker-hand-over',
    'page-changes',
    'pharmacy',
    'posted-goods',
    'returns-and-refunds',
    'supplier-invoices',
    'virtual-goods',
  ])
})

describe.each(SLUGS)('%s', (slug) => {
  const workflow = shippedWorkflow(slug)

  test('[V8] [V9] is proved with every control on; what should be possible is', () => {
    const verdict = search(modelOf(slug))
    if (verdict.kind !== 'proved') throw new Error(JSON.stringify(verdict))
    expect(workflow.slug).toBe(slug)
    expect(verdict.reachable.length).toBeGreaterThan(0)
    expect(verdict.reachable.filter(({ trace }) => trace === null)).toEqual([])
  })

  test.each(workflow.controls.map(({ key }) => key))('[V9] breaks without %s', (key) => {
    expect(search(modelOf(slug, [key])).kind).toBe('violated')
  })

  test('[V10] calls its controls as the world does', () => {
    const known = Object.keys(configOf(1).controls)
    const plain = (name: string): string => name.toLowerCase()
    for (const { key } of workflow.controls) {
      const same = known.find((one) => plain(one) === plain(key))
      expect(same ?? key).toBe(key)
    }
  })
})

test('[V6] [V11] the shortest counterexample of every control, told as a story', () => {
  const text = SLUGS.flatMap((slug) =>
    shippedWorkflow(slug).controls.flatMap(({ key }) => {
      const model = modelOf(slug, [key])
      const verdict = search(model)
      if (verdict.kind !== 'violated') throw new Error(`${slug} without ${key} holds`)
      const steps = storyOf(model, verdict.trace).map(
        (step) => `  ${step.attacker ? '!' : ' '} ${step.says}`,
      )
      return [`${slug} without ${key}: ${verdict.property}`, ...steps, '']
    }),
  ).join('\n')
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(GOLDEN, text)
  expect(text).toBe(existsSync(GOLDEN) ? readFileSync(GOLDEN, 'utf8') : '')
})

test.each(SLUGS)('[V17] the lemmas of %s are true in every state', (slug) => {
  const model = modelOf(slug)
  const lemmas = model.lemmas.map(({ key, expr }) => ({ key, always: expr }))
  expect(lemmas.length).toBeGreaterThan(0)
  expect(search({ ...model, properties: lemmas })).toMatchObject({ kind: 'proved' })
})
