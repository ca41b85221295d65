/** The name, for good, of an exercise's log; what its players and devices sign holds it. */
export function originOf(exercise: string): string {
  return `doorstep.local/exercise/${exercise}`
}
