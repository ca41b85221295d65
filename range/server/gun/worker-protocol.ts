/** From the main thread to Gun's worker. `message` is a put rebuilt by `gunPut`. */
export type ToWorker =
  | { readonly kind: 'join'; readonly peer: string }
  | { readonly kind: 'leave'; readonly peer: string }
  | {
      readonly kind: 'put'
      readonly peer: string
      readonly soul: string
      readonly key: string
      readonly bytes: number
      readonly message: object
    }

/** From the worker: what Gun sends to a peer, and credit for puts it has worked off. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'out'; readonly peer: string; readonly raw: string }
  | { readonly kind: 'done'; readonly bytes: number }
