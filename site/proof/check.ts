import { verifyEntry, type Verdict } from '../../range/client/proof.ts'
import type { Opening } from '../../range/ledger/leaf.ts'
import { parseProof } from '../../range/ledger/proof.ts'
import { readDevice, writeDevice } from '../device.ts'
import { seatToken } from '../exercise/link.svelte.ts'
import type { Replica } from './replica.ts'

export interface Checked {
  readonly verdict: Verdict
  readonly index: number
  /** The entry as it was checked, and its JSON for the eye. */
  readonly entry: Opening['entry']
  readonly shown: string
  /** Whether it was changed first, on request. */
  readonly forged: boolean
}

/**
 * The log's public key, and the one this browser saw at its first visit: a new one would be a new
 * log.
 */
export async function readKey(
  exercise: string,
): Promise<{ readonly key: string | null; readonly pinned: string | null }> {
  const pinned = readDevice(`ledger-key.${exercise}`) ?? null
  try {
    const answer = await fetch(`/ledger/${encodeURIComponent(exercise)}/key.pub`)
    if (!answer.ok) return { key: pinned, pinned }
    const key = (await answer.text()).trim()
    if (pinned === null) writeDevice(`ledger-key.${exercise}`, key)
    return { key: pinned ?? key, pinned }
  } catch {
    return { key: pinned, pinned }
  }
}

/** The opening of an entry that this seat may see; after the end anybody's. */
export async function askOpening(
  exercise: string,
  index: number,
): Promise<{ readonly opening: Opening } | { readonly error: string }> {
  const address = `/api/exercises/${encodeURIComponent(exercise)}/opening/${index}`
  const headers = { 'x-seat': seatToken(exercise) }
  const answer = await fetch(address, { headers }).catch(() => undefined)
  if (answer === undefined) return { error: 'no-server' }
  const text = await answer.text()
  if (!answer.ok) {
    try {
      return { error: String((JSON.parse(text) as { reason?: unknown }).reason ?? 'other') }
    } catch {
      return { error: 'other' }
    }
  }
  const proof = parseProof(text)
  return proof === undefined ? { error: 'other' } : { opening: proof.opening }
}

/** Verifies here; `forged` changes the entry first, to show what a changed record looks like. */
export async function verify(
  claim: {
    readonly exercise: string
    readonly key: string
    readonly index: number
    readonly opening: Opening
    readonly forged: boolean
  },
  replica: Replica | undefined,
): Promise<Checked> {
  const opening: Opening = claim.forged
    ? { ...claim.opening, entry: { ...claim.opening.entry, forged: true } as Opening['entry'] }
    : claim.opening
  const checkpointKey = replica?.checkpointKey()
  const verdict = await verifyEntry(
    {
      ledger: claim.exercise,
      vkey: claim.key,
      index: claim.index,
      opening,
      ...(checkpointKey === undefined ? {} : { checkpointKey }),
    },
    replica === undefined ? {} : { fetchByHash: replica.fetchByHash },
  )
  const { entry } = opening
  const shown = JSON.stringify(entry, null, 2)
  return { verdict, index: claim.index, entry, shown, forged: claim.forged }
}
