import type { Space } from '../../ledger/replica.ts'

/** From the page to the sandboxed frame, over a port of their own. */
export type ToFrame =
  /** Connects to a relay; at most one. `url` carries the token it wants. */
  | { readonly kind: 'connect'; readonly url: string }
  | { readonly kind: 'fetch'; readonly id: number; readonly space: Space; readonly key: string }

/** From the frame to the page, which hashes every value again. */
export type FromFrame =
  | { readonly kind: 'value'; readonly id: number; readonly value: string }
  /** The relay said it has nothing of that key. */
  | { readonly kind: 'missing'; readonly id: number }
  /** Nobody answered, asked three times. */
  | { readonly kind: 'silent'; readonly id: number }
  /** A checkpoint, or one with cosignatures, that somebody announced. */
  | { readonly kind: 'news'; readonly space: Space; readonly key: string; readonly value: string }
  | { readonly kind: 'link'; readonly up: boolean }

/** First message to a fresh frame's window; it carries the port. */
export const FRAME_HELLO = 'doorstep-gun'
/** What the frame tells its parent once it listens. */
export const FRAME_READY = 'doorstep-gun-ready'
