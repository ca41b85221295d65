import { groundModel, onlyProperty, type GroundModel } from '../../engine/verify/ground.ts'
import type { Verdict } from '../../engine/verify/prover.ts'
import { search } from '../../engine/verify/search.ts'
import { stopsOf, type Stop } from '../../engine/verify/stops.ts'
import { storyOf, type StoryStep } from '../../engine/verify/story.ts'
import type { Workflow } from '../../engine/verify/workflow.ts'

/** The shortest way to break a promise. */
export interface Way {
  /** Key of the property that fails. */
  readonly property: string
  readonly steps: readonly StoryStep[]
  readonly stops: readonly Stop[]
}

/** What a search found, as plain data that a worker can send. */
export type Proof =
  | { readonly kind: 'proved'; readonly states: number; readonly depth: number }
  /** `way` is the shortest of all ways to break anything. */
  | { readonly kind: 'broken'; readonly way: Way; readonly states: number }
  | { readonly kind: 'refused'; readonly reason: string }

export interface Question {
  readonly workflow: Workflow
  /** Controls that are off. */
  readonly without: readonly string[]
}

/**
 * What the worker says: how far it is, what it found after so many seconds, and at the end what
 * else can be broken, each by its own shortest way.
 */
export type Told =
  | { readonly kind: 'states'; readonly states: number }
  | { readonly kind: 'found'; readonly proof: Proof; readonly seconds: number }
  | { readonly kind: 'also'; readonly ways: readonly Way[] }

/** Goes through every state of a workflow; `tell` hears how many are known. Pure. */
export function proofOf({ workflow, without }: Question, tell?: (states: number) => void): Proof {
  const model = groundModel(workflow, without)
  if (model === null) return { kind: 'refused', reason: workflow.slug }
  const verdict = search(model, tell)
  switch (verdict.kind) {
    case 'proved':
      return { kind: 'proved', states: verdict.states, depth: verdict.depth }
    case 'violated':
      return { kind: 'broken', way: wayOf(model, verdict), states: verdict.states }
    case 'refused':
      return verdict
  }
}

/** The shortest way to break each other property than the one that breaks first. Pure. */
export function alsoBroken({ workflow, without }: Question, first: string): Way[] {
  const model = groundModel(workflow, without)
  if (model === null) return []
  return workflow.properties.flatMap(({ key }) => {
    const verdict = key === first ? null : search(onlyProperty(model, key))
    return verdict?.kind === 'violated' ? [wayOf(model, verdict)] : []
  })
}

function wayOf(model: GroundModel, verdict: Extract<Verdict, { kind: 'violated' }>): Way {
  const { property, trace } = verdict
  return { property, steps: storyOf(model, trace), stops: stopsOf(model, trace) }
}
