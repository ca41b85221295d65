import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { WebSocket, type RawData } from 'ws'
import * as Y from 'yjs'
import type { TestServer } from './server.ts'

/** One browser's line to a team's board, as `Board.svelte` has it, with all that comes over it. */
export interface BoardLine {
  /** `authenticated`, then `synced`; or `denied`; `closed` where the server ended it. */
  state(): 'connecting' | 'denied' | 'synced' | 'closed'
  /** Notes as they stand: who wrote, and what. */
  notes(): readonly string[]
  pin(by: string, text: string): void
  /** Frames from the server, byte for byte as latin1. */
  readonly frames: string[]
  close(): void
}

/** Opens the board `<exercise>/<team>` with a seat's token. */
export function openBoard(server: TestServer, name: string, token: string): BoardLine {
  const frames: string[] = []
  class Line extends WebSocket {
    constructor(url: string) {
      super(url, { headers: { origin: server.url } })
      this.on('message', (data) => frames.push(latin1(data)))
    }
  }
  const document = new Y.Doc()
  const list = document.getArray<Y.Map<string>>('notes')
  let state: ReturnType<BoardLine['state']> = 'connecting'
  const websocketProvider = new HocuspocusProviderWebsocket({
    url: `${server.url.replace('http', 'ws')}/board`,
    WebSocketPolyfill: Line,
  })
  const provider = new HocuspocusProvider({
    websocketProvider,
    name,
    token,
    document,
    onSynced: () => {
      state = 'synced'
    },
    onAuthenticationFailed: () => {
      state = 'denied'
    },
    onClose: () => {
      state = 'closed'
    },
  })
  provider.attach()
  return {
    state: () => state,
    notes: () => list.map((one) => `${one.get('by')}: ${one.get('text')}`),
    pin(by, text) {
      const note = new Y.Map<string>()
      note.set('by', by)
      note.set('text', text)
      list.push([note])
    },
    frames,
    close() {
      provider.destroy()
      websocketProvider.destroy()
      document.destroy()
    },
  }
}

/** Message types of Hocuspocus that a stranger might try. */
const [SYNC, AWARENESS, AUTH, ASK_AWARENESS, STATELESS] = [0, 1, 2, 3, 5]
/**
 * Knocks at a board without its client: asks for all of it before, with and after a token. Gives
 * the frames that come until the server has answered a last knock.
 */
export function knock(server: TestServer, name: string, token: string): Promise<string[]> {
  const text = (value: string): number[] => [value.length, ...Buffer.from(value)]
  const say = (...rest: number[]): Buffer => Buffer.from([...text(name), ...rest])
  const asks = [
    say(SYNC!, 0, 1, 0),
    say(ASK_AWARENESS!),
    say(AWARENESS!, 1, 0),
    say(STATELESS!, ...text('tell me')),
  ]
  const line = new WebSocket(`${server.url.replace('http', 'ws')}/board`, {
    headers: { origin: server.url },
  })
  const frames: string[] = []
  return new Promise((done, reject) => {
    line.on('error', reject)
    line.on('close', () => {
      done(frames)
    })
    line.on('message', (data) => {
      frames.push(latin1(data))
      // The second refusal comes after all that was asked before it.
      if (frames.length === 2) line.close()
      else for (const one of [...asks, say(AUTH!, 0, ...text(token))]) line.send(one)
    })
    line.on('open', () => {
      for (const one of [...asks, say(AUTH!, 0, ...text(token)), ...asks]) line.send(one)
    })
  })
}
function latin1(data: RawData): string {
  return Buffer.from(data as ArrayBuffer).toString('latin1')
}
