// A stock Gun client in a thread of its own, because Gun adds to built-in objects.
import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'

const require = createRequire(import.meta.url)
const Gun = require('gun/gun')
Gun.log.off = true
const gun = Gun({
  WebSocket: require('ws'),
  axe: false,
  multicast: false,
  stats: false,
  localStorage: false,
  radisk: false,
  peers: [workerData.url],
})
parentPort.on('message', ({ soul, key, value }) => {
  if (value === undefined)
    gun
      .get(soul)
      .get(key)
      .on((found) => parentPort.postMessage({ key, found }))
  else gun.get(soul).get(key).put(value)
})
