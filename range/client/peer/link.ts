import { readEnd, writeDescription } from './description.ts'
import type { PeerDrop } from './guard.ts'
import type { PeerEnd } from './signal.ts'

/** A browser that knows no other host gathers its own addresses well within this. */
const GATHER_MS = 3000
/** Somebody carries a text from one screen to another meanwhile. */
const CARRY_MS = 15 * 60_000
/** Once both sides know each other, they meet or they do not. */
const MEET_MS = 20_000
/** A connection may falter this long. */
const FALTER_MS = 6000
/** Characters that may wait for a reader before it is dropped. */
const UNREAD_BYTES_MAX = 8 * 1024 * 1024

export interface LinkHeard {
  readonly open: () => void
  /** Whatever came, unchecked. */
  readonly message: (data: unknown) => void
  /** Called once; nothing is heard after it. */
  readonly closed: (drop: PeerDrop) => void
}

/**
 * A data channel to another browser of the local network, found by nothing but what was carried by
 * hand: no STUN, no TURN, no other host. Reliable and ordered; one channel, agreed beforehand, and
 * any other ends the link.
 */
export class PeerLink {
  readonly #connection: RTCPeerConnection
  readonly #channel: RTCDataChannel
  readonly #heard: LinkHeard
  #timer: ReturnType<typeof setTimeout> | undefined
  #over = false

  constructor(heard: LinkHeard) {
    this.#heard = heard
    this.#connection = new RTCPeerConnection({ iceServers: [] })
    this.#channel = this.#connection.createDataChannel('replica', { negotiated: true, id: 0 })
    this.#channel.onopen = () => {
      this.#wait(undefined)
      heard.open()
    }
    this.#channel.onmessage = ({ data }) => {
      if (!this.#over) heard.message(data)
    }
    this.#channel.onclose = () => this.close('lost')
    this.#connection.ondatachannel = () => this.close('malformed')
    this.#connection.onconnectionstatechange = () => this.#watch()
    this.#wait(CARRY_MS)
  }

  /** This side's end, for an offer; undefined where the browser finds no address. */
  async offer(): Promise<PeerEnd | undefined> {
    return this.#describe(await this.#connection.createOffer())
  }

  /** This side's end in answer to an offer. */
  async answer(end: PeerEnd): Promise<PeerEnd | undefined> {
    const sdp = writeDescription('offer', end)
    await this.#connection.setRemoteDescription({ type: 'offer', sdp })
    return this.#describe(await this.#connection.createAnswer())
  }

  /** Takes the answer to the offer; the link opens, or ends with `nobody-came`. */
  async accept(end: PeerEnd): Promise<void> {
    const sdp = writeDescription('answer', end)
    await this.#connection.setRemoteDescription({ type: 'answer', sdp })
    this.#wait(MEET_MS)
  }

  send(text: string): void {
    if (this.#over || this.#channel.readyState !== 'open') return
    if (this.#channel.bufferedAmount > UNREAD_BYTES_MAX) return this.close('not-reading')
    this.#channel.send(text)
  }

  close(drop: PeerDrop): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#timer)
    this.#connection.close()
    this.#heard.closed(drop)
  }

  async #describe(description: RTCSessionDescriptionInit): Promise<PeerEnd | undefined> {
    await this.#connection.setLocalDescription(description)
    await gathered(this.#connection)
    return readEnd(this.#connection.localDescription?.sdp ?? '')
  }

  /** A dead channel still reads "open", so the connection is asked. */
  #watch(): void {
    const { connectionState } = this.#connection
    // Whoever answered waits for the other to be told, and browsers call that "failed" meanwhile.
    if (this.#channel.readyState !== 'open') return
    if (connectionState === 'failed' || connectionState === 'closed') this.close('lost')
    if (connectionState === 'disconnected') this.#wait(FALTER_MS)
    if (connectionState === 'connected') this.#wait(undefined)
  }

  #wait(ms: number | undefined): void {
    clearTimeout(this.#timer)
    if (ms === undefined) return
    const opened = this.#channel.readyState === 'open'
    this.#timer = setTimeout(() => this.close(opened ? 'lost' : 'nobody-came'), ms)
  }
}

function gathered(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (connection.iceGatheringState === 'complete') resolve()
    }
    connection.addEventListener('icegatheringstatechange', look)
    setTimeout(resolve, GATHER_MS)
    look()
  })
}
