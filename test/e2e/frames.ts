import type { Page } from '@playwright/test'

/** What a page sent over its seat's socket and what it was answered, read from the frames. */
export interface Heard {
  /** Messages by their id, in the order in which they were first sent. */
  readonly sent: Map<
    string,
    { readonly event: string; readonly move: Record<string, unknown>; times: number }
  >
  /** Ids that were answered with `ok`. */
  readonly accepted: Set<string>
  /** Ids that were refused, with the reason. */
  readonly refused: Map<string, string>
}

/** Listens to the socket.io frames of every socket that the page opens from now on. */
export function listenTo(page: Page): Heard {
  const heard: Heard = { sent: new Map(), accepted: new Set(), refused: new Map() }
  page.on('websocket', (socket) => {
    if (!socket.url().includes('/socket.io/')) return
    const asked = new Map<string, string>()
    socket.on('framesent', ({ payload }) => {
      const packet = packetOf(payload, '2')
      if (packet === null || packet.number === '' || !Array.isArray(packet.body)) return
      const [event, message] = packet.body as [
        string,
        { id?: string; move?: Record<string, unknown> },
      ]
      if ((event !== 'move' && event !== 'act') || message.id === undefined) return
      asked.set(packet.number, message.id)
      const known = heard.sent.get(message.id)
      if (known) known.times += 1
      else heard.sent.set(message.id, { event, move: message.move ?? {}, times: 1 })
    })
    socket.on('framereceived', ({ payload }) => {
      const packet = packetOf(payload, '3')
      const id = packet === null ? undefined : asked.get(packet.number)
      if (packet === null || id === undefined) return
      const [answer] = packet.body as [{ ok: boolean; reason?: string }]
      if (answer.ok) heard.accepted.add(id)
      else heard.refused.set(id, answer.reason ?? '')
    })
  })
  return heard
}

/** `42<n>[…]` is an event that wants answer n, `43<n>[…]` the answer: engine.io 4, socket.io 5. */
export function packetOf(
  payload: string | Buffer,
  kind: '2' | '3',
): { readonly number: string; readonly body: unknown } | null {
  const found = new RegExp(`^4${kind}(\\d*)(\\[.*)$`, 's').exec(String(payload))
  return found === null ? null : { number: found[1]!, body: JSON.parse(found[2]!) as unknown }
}
