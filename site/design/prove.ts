import { groundModel } from '../../engine/verify/ground.ts'
import { search } from '../../engine/verify/search.ts'
import { stopsOf, type Stop } from '../../engine/verify/stops.ts'
import { storyOf, type StoryStep } from '../../engine/verify/story.ts'
import type { Workflow } from '../../engine/verify/workflow.ts'

/** What a search found, as plain data that a worker can send. */
export type Proof =
  | { readonly kind: 'proved'; readonly states: number; readonly depth: number }
  | {
      readonly kind: 'broken'
      /** Key of the property that fails first. */
      readonly property: string
      readonly steps: readonly StoryStep[]
      readonly stops: readonly Stop[]
      readonly states: number
    }
  | { readonly kind: 'refused'; readonly reason: string }

export interface Question {
  readonly workflow: Workflow
  /** Controls that are off. */
  readonly without: readonly string[]
}

/** What the worker says: how far it is, and at the end what it found, after so many seconds. */
export type Told =
  | { readonly kind: 'states'; readonly states: number }
  | { readonly kind: 'found'; readonly proof: Proof; readonly seconds: number }

/** Goes through every state of a workflow; `tell` hears how many are known. Pure. */
export function proofOf({ workflow, without }: Question, tell?: (states: number) => void): Proof {
  const model = groundModel(workflow, without)
  if (model === null) return { kind: 'refused', reason: workflow.slug }
  const verdict = search(model, tell)
  switch (verdict.kind) {
    case 'proved':
      return { kind: 'proved', states: verdict.states, depth: verdict.depth }
    case 'violated':
      return {
        kind: 'broken',
        property: verdict.property,
        steps: storyOf(model, verdict.trace),
        stops: stopsOf(model, verdict.trace),
        states: verdict.states,
      }
    case 'refused':
      return verdict
  }
}
