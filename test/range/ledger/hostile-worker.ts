import { parentPort, workerData } from 'node:worker_threads'
import { ATTACKS, type Target } from './hostile-attacks.ts'

// One attack in a thread of its own, so that it does not hold up the player whose moves are timed.
const { name, target } = workerData as { name: string; target: Target }
await ATTACKS[name]!(target)
parentPort!.postMessage('done')
