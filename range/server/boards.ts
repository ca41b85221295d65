import { Hocuspocus } from '@hocuspocus/server'
import { eq } from 'drizzle-orm'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import * as Y from 'yjs'
import { boards, type Store } from './database.ts'
import type { Rooms } from './rooms.ts'

const FRAME_BYTES_MAX = 65_536
const BOARD_BYTES_MAX = 512 * 1024
const SOCKETS_MAX = 400
const NAME = /^(x[0-9a-f]{16})\/(attacker|defender)$/

export interface Boards {
  handleUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): Promise<void>
}

/**
 * The teams' shared boards (Yjs). A board is named `<exercise>/<team>`; only seats of that team,
 * and the trainer, may open it. Who is moved or removed hears nothing more of it. Kept in the
 * database; at half a megabyte further changes are refused.
 */
export function createBoards(store: Store, rooms: Rooms): Boards {
  const hocuspocus = new Hocuspocus<{ token: string }>({
    debounce: 1000,
    maxDebounce: 5000,
    quiet: true,
    async onAuthenticate({ documentName, token }) {
      // Without a message: those are written to the log, which strangers could so fill.
      if (!mayOpen(rooms, documentName, token)) throw new Error()
      return { token }
    },
    // Loading takes a moment, in which a seat may have been moved.
    async connected({ documentName, connection }) {
      if (!mayOpen(rooms, documentName, connection.context.token)) connection.close()
    },
    async onLoadDocument({ documentName, document }) {
      const row = store.db.select().from(boards).where(eq(boards.name, documentName)).get()
      if (row) Y.applyUpdate(document, row.state)
      return document
    },
    async beforeHandleMessage({ document, update }) {
      if (update.length > 4096 && Y.encodeStateAsUpdate(document).length > BOARD_BYTES_MAX)
        throw new Error('full')
    },
    async onStoreDocument({ documentName, document }) {
      const state = Buffer.from(Y.encodeStateAsUpdate(document))
      if (state.length > BOARD_BYTES_MAX) return
      store.db
        .insert(boards)
        .values({ name: documentName, state })
        .onConflictDoUpdate({ target: boards.name, set: { state } })
        .run()
    },
  })
  rooms.onSeatChanged = ({ id }) => {
    for (const [name, document] of hocuspocus.documents) {
      if (!name.startsWith(`${id}/`)) continue
      for (const connection of document.getConnections())
        if (!mayOpen(rooms, name, connection.context.token)) connection.close()
    }
  }
  const server = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES_MAX })
  return {
    handleUpgrade(req, socket, head) {
      server.handleUpgrade(req, socket, head, (ws) => {
        if (server.clients.size > SOCKETS_MAX) return ws.close(1013)
        converse(hocuspocus, ws, req.url ?? '/')
      })
    },
    async close() {
      hocuspocus.flushPendingStores()
      hocuspocus.closeConnections()
      for (const ws of server.clients) ws.terminate()
      server.close()
      await new Promise((resolve) => setTimeout(resolve, 50))
    },
  }
}

/** Lets a browser and the boards talk until either goes. */
function converse(hocuspocus: Hocuspocus<{ token: string }>, ws: WebSocket, path: string): void {
  const connection = hocuspocus.handleConnection(ws, new Request(`http://host${path}`))
  ws.on('message', (data) => {
    connection.handleMessage(new Uint8Array(data as Buffer))
  })
  ws.on('close', (code, reason) => {
    connection.handleClose({ code, reason: reason.toString() })
  })
  ws.on('error', () => {
    ws.terminate()
  })
}

function mayOpen(rooms: Rooms, name: string, token: string): boolean {
  const [, exercise = '', team = ''] = NAME.exec(name) ?? []
  const held = exercise === '' ? 'unknown' : rooms.holder(exercise, token)
  return typeof held !== 'string' && (held.role === team || held.role === 'trainer')
}
