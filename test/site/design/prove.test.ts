import { expect, test } from 'vitest'
import { search } from '../../../engine/verify/search.ts'
import { stopsOf } from '../../../engine/verify/stops.ts'
import { storyOf } from '../../../engine/verify/story.ts'
import { castOfRole, FLOWS, flowNamed } from '../../../site/design/flows.ts'
import { alsoBroken, proofOf } from '../../../site/design/prove.ts'
import { addressOf, withoutIn } from '../../../site/design/share.ts'
import * as words from '../../../site/design/words.ts'
import { modelOf, shippedWorkflow, SLUGS } from '../../engine/verify/shipped.ts'

const CHOICES = SLUGS.flatMap((slug) => {
  const { controls } = shippedWorkflow(slug)
  // With every control on the larger models take their time; V9 goes through them already.
  const none = slug === 'returns-and-refunds' ? [] : [[slug, [] as string[]] as const]
  return [...none, ...controls.map(({ key }) => [slug, [key]] as const)]
})

test.each(CHOICES)('[V19] the lab says of %s without %j what a search says', (slug, without) => {
  const model = modelOf(slug, without)
  const verdict = search(model)
  const workflow = JSON.parse(JSON.stringify(shippedWorkflow(slug))) as typeof model.workflow
  const proof = structuredClone(proofOf({ workflow, without }))
  if (verdict.kind === 'violated') {
    const { property, states, trace } = verdict
    const steps = storyOf(model, trace)
    const way = { property, steps, stops: stopsOf(model, trace) }
    expect(proof).toEqual({ kind: 'broken', way, states })
  } else if (verdict.kind === 'proved') {
    expect(proof).toEqual({ kind: 'proved', states: verdict.states, depth: verdict.depth })
  } else throw new Error(verdict.reason)
})

test('[V19] what else is broken has its own shortest way; what still holds is not named', () => {
  const check = (slug: string, without: readonly string[], also: readonly string[]): void => {
    const question = { workflow: shippedWorkflow(slug), without }
    const proof = proofOf(question)
    const ways = proof.kind === 'broken' ? alsoBroken(question, proof.way.property) : []
    const told = ways.map(({ property, steps }) => `${property} in ${steps.length}`)
    expect([slug, told]).toEqual([slug, also])
  }
  check('supplier-invoices', ['callBack'], ['money-to-suppliers in 5'])
  check('supplier-invoices', ['fourEyes'], [])
  check(
    'posted-goods',
    ['sca', 'serverSidePrice', 'signedHandover'],
    ['holder-agreed in 2', 'known-hands in 4', 'delivered-is-there in 5'],
  )
})

test.each(SLUGS)('[V19] %s is drawn whole, and all of it has plain words', (slug) => {
  const workflow = shippedWorkflow(slug)
  const flow = flowNamed(slug)!
  const drawn = flow.line.flatMap(({ action, beside }) => [action, ...beside])
  expect([...drawn].sort()).toEqual(workflow.actions.map(({ key }) => key).sort())
  const onLine = new Set(flow.line.map(({ action }) => action))
  for (const { key } of workflow.controls) {
    const kept = workflow.actions.filter(({ controls }) => controls.some((one) => one.key === key))
    expect([key, kept.some((action) => onLine.has(action.key))]).toEqual([key, true])
  }
  const said = [
    words.flowName(slug),
    words.flowAbout(slug),
    words.boundOf(slug, 2),
    ...drawn.map((action) => words.stepSays(slug, action)),
    ...flow.line.map(({ action }) => words.whoSays(slug, action)),
    ...workflow.controls.flatMap(({ key }) => [
      words.controlName(slug, key),
      words.controlMeans(slug, key),
    ]),
    ...workflow.properties.flatMap(({ key }) => [
      words.promiseOf(slug, key),
      words.fearOf(slug, key),
    ]),
  ]
  expect(said.filter((text) => text.startsWith('['))).toEqual([])
  expect(said.filter((text) => /\[\w+\]/.test(text))).toEqual([])
})

test('[V19] the lab has each workflow that ships, and nobody unknown in its stories', () => {
  expect(FLOWS.map(({ slug }) => slug).sort()).toEqual(SLUGS)
  expect(flowNamed(undefined)).toBe(FLOWS[0])
  expect(flowNamed('no-such-flow')).toBeNull()
  const roles = new Set(SLUGS.flatMap((slug) => shippedWorkflow(slug).roles.map(({ key }) => key)))
  const undrawn = [...roles].filter((role) => castOfRole(role) === null)
  expect(undrawn.sort()).toEqual(['clock', 'nature', 'payments'])
})

test('[V19] an address holds a choice; what it names and the workflow lacks is ignored', () => {
  const controls = ['sca', 'serverSidePrice', 'signedHandover']
  const check = (search: string, expected: string[]): void => {
    expect(withoutIn(search, controls)).toEqual(expected)
  }
  check('', [])
  check('?without=', [])
  check('?without=signedHandover,sca', ['sca', 'signedHandover'])
  check('?without=fourEyes,sca,<b>', ['sca'])
  expect(addressOf('posted-goods', [])).toBe('/labs/design/posted-goods')
  const address = addressOf('posted-goods', ['sca', 'signedHandover'])
  expect(withoutIn(new URL(address, 'http://x').search, controls)).toEqual([
    'sca',
    'signedHandover',
  ])
})
