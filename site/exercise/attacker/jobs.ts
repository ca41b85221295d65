/** Attacks that the catalogue of messages describes. */
export type KnownJob = 'W1' | 'P2' | 'I1' | 'D1' | 'other'

export function knownJob(technique: string): KnownJob {
  return technique === 'W1' || technique === 'P2' || technique === 'I1' || technique === 'D1'
    ? technique
    : 'other'
}
