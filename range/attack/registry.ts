import { d1 } from './d1.ts'
import type { Technique } from './technique.ts'

/** Every attack that exists. */
export const TECHNIQUES: readonly Technique[] = [d1]
/** The technique with this id, or null. */
export function techniqueOf(id: string): Technique | null {
  return TECHNIQUES.find((one) => one.id === id) ?? null
}
