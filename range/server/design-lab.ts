import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { groundModel, onlyProperty } from '../../engine/verify/ground.ts'
import { readWorkflow } from '../../engine/verify/read.ts'
import { search } from '../../engine/verify/search.ts'
import { storyOf } from '../../engine/verify/story.ts'
import { techniques } from '../attack/catalogue.ts'
import { scenarioFromSteps } from '../scenario/from-steps.ts'
import type { Side } from '../scenario/playable.ts'
import { HOME } from './home.ts'

/** A workflow that ships, with some of its controls off. */
export interface Design {
  readonly workflow: string
  readonly without: readonly string[]
  /** Property that is to break; where none is named, the one that breaks first. */
  readonly property?: string | undefined
}
export type DesignScenario =
  | { readonly ok: true; readonly text: string; readonly sides: readonly Side[] }
  | { readonly ok: false; readonly reason: string }

const SLUG = /^design:([a-z0-9-]{1,40}):([a-zA-Z0-9,-]{1,200})(?::([a-zA-Z0-9-]{1,40}))?$/

/**
 * Name under which the scenario of a counterexample is found again: `design:WORKFLOW:CONTROLS`, and
 * `:PROPERTY` where one is named.
 */
export function designSlug({ workflow, without, property }: Design): string {
  const slug = `design:${workflow}:${[...new Set(without)].sort().join(',')}`
  return property === undefined ? slug : `${slug}:${property}`
}

/** What such a name means; null for the name of anything else. */
export function designOf(slug: string): Design | null {
  const [, workflow, without, property] = SLUG.exec(slug) ?? []
  if (workflow === undefined || without === undefined) return null
  return { workflow, without: without.split(','), ...(property === undefined ? {} : { property }) }
}

/** One for each choice of controls and property of each workflow that ships: a hundred or so. */
const known = new Map<string, DesignScenario>()

/**
 * The scenario that plays the shortest counterexample of a design, found by a search of its own:
 * nothing that a browser says is believed. Refused: an unknown workflow or control, no control off,
 * an unknown property, a proof, and what the range cannot play. Same design, same text.
 */
export function designScenario(design: Design): DesignScenario {
  const slug = designSlug(design)
  const made = known.get(slug) ?? make(design)
  if (made.ok) known.set(slug, made)
  return made
}

function make({ workflow: name, without, property: wanted }: Design): DesignScenario {
  const file = join(HOME, 'engine/workflows', name, 'workflow.yml')
  if (!/^[a-z0-9-]+$/.test(name) || !existsSync(file)) return refused('no-such-workflow')
  const read = readWorkflow(readFileSync(file, 'utf8'))
  if (!read.ok) return refused('broken-workflow')
  const workflow = read.value
  const off = workflow.controls.map(({ key }) => key).filter((key) => without.includes(key))
  // A search in which nothing is off goes through every state, and finds nothing to play.
  if (off.length === 0 || off.length < new Set(without).size) return refused('no-such-control')
  if (wanted !== undefined && !workflow.properties.some(({ key }) => key === wanted))
    return refused('no-such-property')
  const whole = groundModel(workflow, off)
  const model = whole === null || wanted === undefined ? whole : onlyProperty(whole, wanted)
  const verdict = model === null ? null : search(model)
  if (model === null || verdict?.kind !== 'violated') return refused('nothing-to-play')
  const { property, trace } = verdict
  const found = { workflow, without: off, property, steps: storyOf(model, trace) }
  const played = scenarioFromSteps(
    found,
    techniques.map(({ id }) => id),
  )
  return played.ok
    ? { ok: true, text: played.text, sides: played.play.sides }
    : refused('not-played')
}

function refused(reason: string): DesignScenario {
  return { ok: false, reason }
}
