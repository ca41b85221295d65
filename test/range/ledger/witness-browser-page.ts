import { BrowserWitness, type WitnessStatus } from '../../../range/client/witness.ts'
import { browserStore } from '../../../range/client/witness-store.ts'
import { tilePath } from '../../../range/ledger/tile.ts'

/** A witness as the site makes one, at one of the server's faces; all of them keep in one store. */
async function lookAt(face: 'x' | 'y', vkey: string) {
  const store = browserStore('x')
  if (store === undefined) return { secure: isSecureContext, store: false }
  const read = async (name: string) => {
    const answer = await fetch(`/ledger/${face}/${name}`)
    return answer.ok ? answer : undefined
  }
  const handedIn: string[] = []
  let status: WitnessStatus = { kind: 'starting' }
  const witness = new BrowserWitness({
    vkey,
    store,
    signs: true,
    onStatus: (now) => (status = now),
    sources: {
      checkpoint: async () => (await read('checkpoint'))?.text(),
      key: async () => (await (await read('key.pub'))?.text())?.trim(),
      async tile(tile) {
        const answer = await read(tilePath(tile))
        return answer && new Uint8Array(await answer.arrayBuffer())
      },
      async enrol(key) {
        const init = { method: 'POST', body: key, headers: { 'x-seat': 'defender-a' } }
        return (await fetch(`/ledger/${face}/witness`, init)).ok
      },
      async handIn(note) {
        handedIn.push(note)
        const init = { method: 'POST', body: note }
        return (await fetch(`/ledger/${face}/add-cosignature`, init)).ok
      },
    },
  })
  await witness.look()
  const { secret } = (await store.read())!
  const kept = secret instanceof CryptoKey ? `extractable ${secret.extractable}` : 'bytes'
  return { secure: isSecureContext, store: true, status, handedIn: handedIn.length, kept }
}

function wipe(): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = indexedDB.deleteDatabase('doorstep-witness')
    gone.onsuccess = () => resolve()
    gone.onerror = () => reject(gone.error!)
  })
}

Object.assign(globalThis, { lookAt, wipe })
