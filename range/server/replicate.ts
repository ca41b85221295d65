import type { ServerResponse } from 'node:http'
import { sendText } from './answer.ts'
import { Replica } from './gun/replica.ts'
import type { GunHub } from './gun/hub.ts'
import type { Room } from './room.ts'
import type { Rooms } from './rooms.ts'

/** Real time between two checkpoints handed to Gun for one log. */
const EVERY_MS = 500

export interface Replicas {
  /** Key, in the space `cp`, of an exercise's newest checkpoint. */
  newest(exercise: string): string | undefined
}

/** Gives Gun each log's newest checkpoint and the tiles under it, at most twice a second. */
export function shareLogs(rooms: Rooms, hub: GunHub): Replicas {
  const replicas = new Map<
    string,
    { readonly replica: Replica; timer: NodeJS.Timeout | undefined }
  >()
  const share = (room: Room): void => {
    const shared = replicas.get(room.id)
    if (!shared || shared.timer !== undefined) return
    shared.timer = setTimeout(() => {
      shared.timer = undefined
      shared.replica.update()
    }, EVERY_MS)
    shared.timer.unref()
  }
  rooms.onRoom = (room) => {
    const path = `${rooms.dirOf(room.id)}/checkpoints`
    replicas.set(room.id, { replica: new Replica(room.log, hub, path), timer: undefined })
    share(room)
  }
  rooms.onPublished = share
  rooms.onGone = (room) => {
    const shared = replicas.get(room.id)
    clearTimeout(shared?.timer)
    shared?.replica.close()
    replicas.delete(room.id)
  }
  return { newest: (exercise) => replicas.get(exercise)?.replica.newest }
}

const CHECKPOINT_KEY = /^\/ledger\/([A-Za-z0-9-]{1,64})\/checkpoint-key$/

/** `GET /ledger/<id>/checkpoint-key`: where a browser begins to read the log through Gun. */
export function answerCheckpointKey(
  replicas: Replicas,
  res: ServerResponse,
  path: string,
): boolean {
  const id = CHECKPOINT_KEY.exec(path)?.[1]
  if (id === undefined) return false
  const key = replicas.newest(id)
  sendText(res, key === undefined ? 404 : 200, key ?? 'no-such-log')
  return true
}
