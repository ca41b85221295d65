import { sha256 } from '../../ledger/sha256.ts'
import { isValueKey, valueKey, type Space } from '../../ledger/replica.ts'
import { PeerDesk } from '../peer/desk.ts'
import { FRAME_HELLO, FRAME_READY, type FromFrame, type ToFrame } from './frame-protocol.ts'

export type GunFetchError = 'missing' | 'silent' | 'hash-differs' | 'closed' | 'key-malformed'

/** Why a value did not come. */
export class GunFetchFailure extends Error {
  readonly code: GunFetchError

  constructor(code: GunFetchError) {
    super(code)
    this.name = 'GunFetchFailure'
    this.code = code
  }
}

/** After this long without a word from the frame a fetch is `silent`: it may never have loaded. */
const PATIENCE_MS = 8000

export interface GunClient {
  /** The value under a key, hashed again here. Rejects with a `GunFetchFailure` within 8 s. */
  fetchByHash(space: Space, key: string, options?: FetchOptions): Promise<string>
  /** Links to other browsers; they live in the frame, as Gun does. */
  readonly peers: PeerDesk
  /** The frame forgets all values but these, each as `space#key`, and hands out no others. */
  keepOnly(names: Iterable<string>): void
  close(): void
}

export interface FetchOptions {
  /** A link to another browser, which alone is asked. */
  readonly peer?: number
}

export interface GunClientOptions {
  /** Address of the bundled frame script, a classic script (Vite: `./frame.ts?worker&url`). */
  readonly scriptUrl: string
  /** Address of the relay with its token: the frame has no cookies, and its origin reads `null`. */
  readonly socketUrl: string
  /** Called for each checkpoint that is announced, hashed again. */
  readonly onCheckpoint?: (key: string, value: string) => void
  /** Called for each signed note with cosignatures that is announced, hashed again. */
  readonly onCosigned?: (note: string) => void
}

/** Puts Gun into a sandboxed, hidden frame of `document` and talks to it by messages only. */
export function createGunClient(document: Document, options: GunClientOptions): GunClient {
  const { port1: port, port2 } = new MessageChannel()
  const peers = new PeerDesk(send)
  const waiting = new Map<number, { key: string; resolve: (v: string) => void; reject: Reject }>()
  let next = 0
  let closed = false

  port.onmessage = ({ data }: MessageEvent<FromFrame>) => {
    if (data.kind === 'link') return
    if ('peer' in data) return peers.hear(data)
    if (data.kind === 'news') {
      if (valueKey(data.value, sha256) !== data.key) return
      if (data.space === 'cosig') options.onCosigned?.(data.value)
      else options.onCheckpoint?.(data.key, data.value)
      return
    }
    const one = waiting.get(data.id)
    waiting.delete(data.id)
    if (one === undefined) return
    if (data.kind !== 'value') one.reject(new GunFetchFailure(data.kind))
    else if (valueKey(data.value, sha256) === one.key) one.resolve(data.value)
    else one.reject(new GunFetchFailure('hash-differs'))
  }
  function send(message: ToFrame): void {
    port.postMessage(message)
  }
  send({ kind: 'connect', url: options.socketUrl })
  const frame = openFrame(document, options.scriptUrl, port2)

  return {
    peers,
    keepOnly: (names) => send({ kind: 'keep-only', names: new Set(names) }),
    fetchByHash(space, key, { peer } = {}) {
      if (closed) return Promise.reject(new GunFetchFailure('closed'))
      if (!isValueKey(key)) return Promise.reject(new GunFetchFailure('key-malformed'))
      return new Promise((resolve, reject) => {
        const id = next++
        waiting.set(id, { key, resolve, reject })
        setTimeout(() => {
          if (waiting.delete(id)) reject(new GunFetchFailure('silent'))
        }, PATIENCE_MS)
        send({ kind: 'fetch', id, space, key, ...(peer === undefined ? {} : { peer }) })
      })
    },
    close() {
      closed = true
      for (const one of waiting.values()) one.reject(new GunFetchFailure('closed'))
      waiting.clear()
      port.close()
      frame.remove()
    },
  }
}

/** A hidden frame that runs the script and is handed the port once it says that it listens. */
function openFrame(document: Document, scriptUrl: string, port: MessagePort): HTMLIFrameElement {
  const frame = document.createElement('iframe')
  frame.setAttribute('sandbox', 'allow-scripts')
  frame.hidden = true
  frame.title = 'Gun'
  const window = document.defaultView!
  function greet(event: MessageEvent): void {
    if (event.source !== frame.contentWindow || event.data !== FRAME_READY) return
    window.removeEventListener('message', greet)
    // An opaque origin cannot be named; the frame holds no secret and the port goes to it alone.
    frame.contentWindow!.postMessage(FRAME_HELLO, '*', [port])
  }
  window.addEventListener('message', greet)
  const script = `<script src="${escapeAttribute(scriptUrl)}"></script>`
  frame.srcdoc = `<!doctype html><meta charset="utf-8">${script}`
  document.body.append(frame)
  return frame
}

type Reject = (error: GunFetchFailure) => void

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
