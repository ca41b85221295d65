import { d1 } from './d1.ts'
import { i1 } from './i1.ts'
import { i4 } from './i4.ts'
import { p2 } from './p2.ts'
import { w1 } from './w1.ts'
import type { Technique } from './technique.ts'

/** Every attack that exists. */
export const techniques: readonly Technique[] = [w1, p2, i1, d1, i4]

/** The technique with this id, or null. */
export function findTechnique(id: string): Technique | null {
  return techniques.find((one) => one.id === id) ?? null
}
/** The technique of a run that exists; an unknown id is our bug. */
export function techniqueOf(id: string): Technique {
  const technique = findTechnique(id)
  if (!technique) throw new Error(`no technique ${id}`)
  return technique
}
