import { moveHolds, takeKey, type MoveSignature } from '../ledger/move-seal.ts'
import { nativeVerify } from './ledger/native.ts'
import type { Room } from './room.ts'

/**
 * The signature of a move as it is logged, checked against the move as it is logged. A key beyond
 * the eighth of a seat is not taken: the move counts, and stands unsigned.
 */
export function signatureOf(
  { log, keys }: Pick<Room, 'log' | 'keys'>,
  sent: { readonly seat: string; readonly id: string; readonly move: unknown },
  signature: MoveSignature | undefined,
): MoveSignature | 'bad-signature' | undefined {
  if (signature === undefined) return undefined
  const holds = moveHolds({ ...sent, origin: log.origin }, signature, nativeVerify)
  if (!holds) return 'bad-signature'
  return takeKey(keys, sent.seat, signature.did) ? signature : undefined
}
