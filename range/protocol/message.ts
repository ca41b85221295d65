// CONTRACT: change only by adding.
import type { Response } from './move.ts'
import type { View } from './view.ts'

/**
 * socket.io events. Handshake auth: `{ exercise, token }` (the seat's resume token from /api/join,
 * in localStorage). Server to client: `view` (whole view, on connect and resume) and then `patch`,
 * numbered densely; a gap asks for `view`; `receipt` after a move or act is in the log. Client to
 * server, each with an acknowledgement: `move` (Move), `ask` (TelemetryQuery), `question`
 * (Question), `act` (a trainer's TrainerAct).
 */
export interface ServerEvents {
  view: (message: { readonly seq: number; readonly view: View; readonly map?: unknown }) => void
  patch: (message: { readonly seq: number; readonly ops: readonly PatchOp[] }) => void
  receipt: (message: ReceiptMessage) => void
  gone: (message: { readonly reason: 'removed' | 'ended' | 'full' | 'unknown' }) => void
}
/** For the seat that sent message `id`: the log's signed promise, and what it has sealed. */
export interface ReceiptMessage {
  readonly id: string
  /** A C2SP signed note; `range/ledger/receipt.ts` reads it. */
  readonly receipt: string
  /** The opening as one line of JSON. */
  readonly opening: string
  /** The order that the message placed, and the code of its slip (`range/ledger/slip.ts`). */
  readonly order?: string
  readonly slip?: string
}
/** RFC 6902 subset: add, replace, remove by JSON pointer. */
export type PatchOp =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }

/**
 * `id` makes a repeated send after a reconnect harmless: the server answers the first result again.
 */
export interface MoveMessage {
  readonly id: string
  readonly move: unknown
  /** Both or none: the did:key that signed the move, and its signature in base64. */
  readonly did?: string | undefined
  readonly sig?: string | undefined
}
export type MoveAnswer =
  { readonly ok: true; readonly run?: number } | { readonly ok: false; readonly reason: string }

export type TrainerAct =
  | { readonly kind: 'Phase'; readonly phase: 'running' | 'paused' | 'ended' }
  | { readonly kind: 'Speed'; readonly speed: number }
  | { readonly kind: 'Step' }
  | { readonly kind: 'Fire'; readonly inject: string }
  | { readonly kind: 'Schedule'; readonly inject: string; readonly due: number }
  | { readonly kind: 'Undo'; readonly inject: string }
  | { readonly kind: 'Say'; readonly to: readonly string[]; readonly text: string }
  | { readonly kind: 'Note'; readonly text: string }
  | { readonly kind: 'Lock'; readonly locked: boolean }
  | { readonly kind: 'Rename'; readonly seat: string; readonly nickname: string }
  | { readonly kind: 'MoveSeat'; readonly seat: string; readonly role: string }
  | { readonly kind: 'Remove'; readonly seat: string }
  | { readonly kind: 'AddRobot'; readonly role: string }
  | { readonly kind: 'Extra'; readonly minutes: number }
  | { readonly kind: 'Board'; readonly shown: boolean }
export type { Response }
