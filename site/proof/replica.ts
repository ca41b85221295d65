import { createGunClient } from '../../range/client/gun/client.ts'
import { parseCheckpointValue, type Space } from '../../range/ledger/replica.ts'
import frameScript from '../../range/client/gun/frame.ts?worker&url'
import { seatToken } from '../exercise/link.svelte.ts'

/** The record as Gun carries it to this browser. */
export interface Replica {
  readonly fetchByHash: (space: Space, key: string) => Promise<string>
  /** Key of the newest checkpoint that was announced or told; undefined before the first. */
  readonly checkpointKey: () => string | undefined
  readonly close: () => void
}

/**
 * Opens Gun in its sandboxed frame; `told` hears how the line is, `heard` each signed note that is
 * announced, of whatever log. The newest checkpoint's key comes from the server's greeting.
 */
export function openReplica(
  exercise: string,
  told: (state: 'connecting' | 'here' | 'none') => void,
  heard: (note: string) => void = () => undefined,
): Replica {
  let newest: string | undefined
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  const client = createGunClient(document, {
    scriptUrl: frameScript,
    onCheckpoint: (_, value) => {
      const note = parseCheckpointValue(value)?.checkpoint
      if (note !== undefined) heard(note)
    },
    onCosigned: heard,
    socketUrl: `${scheme}://${location.host}/gun?exercise=${encodeURIComponent(exercise)}&token=${encodeURIComponent(seatToken(exercise))}`,
  })
  void fetch(`/ledger/${encodeURIComponent(exercise)}/checkpoint-key`).then(
    async (answer) => {
      newest = answer.ok ? (await answer.text()).trim() : undefined
      told(newest === undefined ? 'none' : 'here')
    },
    () => told('none'),
  )
  return {
    fetchByHash: (space, key) => client.fetchByHash(space, key),
    checkpointKey: () => newest,
    close: () => client.close(),
  }
}
