import { createGunClient, type GunClient } from '../../range/client/gun/client.ts'
import { parseCheckpointValue } from '../../range/ledger/replica.ts'
import frameScript from '../../range/client/gun/frame.ts?worker&url'
import { seatToken } from '../exercise/link.svelte.ts'

/** A server that has not answered by then is taken for gone. */
const ANSWER_MS = 4000

/** The record as Gun carries it to this browser. */
export interface Replica {
  readonly fetchByHash: GunClient['fetchByHash']
  /** Links to other browsers, which need no server. */
  readonly peers: GunClient['peers']
  readonly keepOnly: GunClient['keepOnly']
  /** Key of the newest checkpoint that was announced or told; undefined before the first. */
  readonly checkpointKey: () => string | undefined
  /** Asks the server for the newest checkpoint's key; rejects where no server answers. */
  readonly askNewest: () => Promise<string | undefined>
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
  const askNewest = async (): Promise<string | undefined> => {
    const address = `/ledger/${encodeURIComponent(exercise)}/checkpoint-key`
    const answer = await fetch(address, { signal: AbortSignal.timeout(ANSWER_MS) })
    newest = answer.ok ? (await answer.text()).trim() : undefined
    return newest
  }
  void askNewest().then(
    () => told(newest === undefined ? 'none' : 'here'),
    () => told('none'),
  )
  return {
    fetchByHash: client.fetchByHash,
    peers: client.peers,
    keepOnly: client.keepOnly,
    checkpointKey: () => newest,
    askNewest,
    close: () => client.close(),
  }
}
