/** Marks the branch of an exhaustive switch that cannot be reached; to reach it is our bug. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
