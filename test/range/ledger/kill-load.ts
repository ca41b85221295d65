/** What the killed process and its judge agree on. */
export const LIVE = { origin: 'doorstep.local/exercise/KILL', mode: 'live' as const }

export function entry(n: number) {
  return { kind: 'input', n }
}
