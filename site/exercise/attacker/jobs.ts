/** Attacks that the catalogue of messages describes. */
export type KnownJob = 'W1' | 'P2' | 'I1' | 'D1' | 'I4' | 'other'

const KNOWN = ['W1', 'P2', 'I1', 'D1', 'I4'] as const

export function knownJob(technique: string): KnownJob {
  return KNOWN.find((one) => one === technique) ?? 'other'
}
