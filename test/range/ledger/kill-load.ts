/** What the killed process and its judge agree on. */
export const LIVE = { origin: 'doorstep.local/exercise/KILL', mode: 'live' as const }

export function entry(n: number) {
  return { kind: 'input', n }
}

/** The call of the write path at which a process ends itself, `share` (0..1) of it being done. */
export interface KillPoint {
  readonly call: number
  readonly share: number
}
