import type { Space } from '../../ledger/replica.ts'
import type { PeerDrop } from '../peer/guard.ts'
import type { PeerEnd } from '../peer/signal.ts'

/** From the page to the sandboxed frame, over a port of their own. */
export type ToFrame =
  /** Connects to a relay; at most one. `url` carries the token it wants. */
  | { readonly kind: 'connect'; readonly url: string }
  /** Asks the relay, or `peer` alone where it is given. */
  | {
      readonly kind: 'fetch'
      readonly id: number
      readonly space: Space
      readonly key: string
      readonly peer?: number
    }
  /** Drops all values but these, each as `space#key`. */
  | { readonly kind: 'keep-only'; readonly names: ReadonlySet<string> }
  /** Makes a link to another browser, numbered by the page; the answer is `peer-end`. */
  | { readonly kind: 'peer-offer'; readonly peer: number }
  | { readonly kind: 'peer-answer'; readonly peer: number; readonly end: PeerEnd }
  /** The other's answer to an offer of ours. */
  | { readonly kind: 'peer-accept'; readonly peer: number; readonly end: PeerEnd }
  | { readonly kind: 'peer-close'; readonly peer: number }

/** From the frame to the page, which hashes every value again. */
export type FromFrame =
  | { readonly kind: 'value'; readonly id: number; readonly value: string }
  /** Whoever was asked said that there is nothing of that key. */
  | { readonly kind: 'missing'; readonly id: number }
  /** Nobody answered: the relay asked three times, a peer once. */
  | { readonly kind: 'silent'; readonly id: number }
  /** A checkpoint, or one with cosignatures, that somebody announced. */
  | { readonly kind: 'news'; readonly space: Space; readonly key: string; readonly value: string }
  | { readonly kind: 'link'; readonly up: boolean }
  | FromPeers

/** What becomes of the links to other browsers. */
export type FromPeers =
  /** This side's end, to be carried to the other; undefined where the browser has none to offer. */
  | { readonly kind: 'peer-end'; readonly peer: number; readonly end: PeerEnd | undefined }
  | { readonly kind: 'peer-open'; readonly peer: number }
  | { readonly kind: 'peer-closed'; readonly peer: number; readonly drop: PeerDrop }
  /** So many values have been handed to it. */
  | { readonly kind: 'peer-served'; readonly peer: number; readonly values: number }

/** First message to a fresh frame's window; it carries the port. */
export const FRAME_HELLO = 'doorstep-gun'
/** What the frame tells its parent once it listens. */
export const FRAME_READY = 'doorstep-gun-ready'
