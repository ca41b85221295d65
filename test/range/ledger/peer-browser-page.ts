import { createGunClient, type GunClient } from '../../../range/client/gun/client.ts'
import { takeCopy } from '../../../range/client/peer/copy.ts'
import { PeerLink } from '../../../range/client/peer/link.ts'
import { formatSignal, parseSignal, type PeerEnd } from '../../../range/client/peer/signal.ts'
import type { PeerSeat } from '../../../range/client/peer/desk.ts'
import { verifyEd25519 } from '../../../range/ledger/ed25519.ts'
import { verifyProof } from '../../../range/ledger/proof.ts'
import { gunPut } from '../../../range/ledger/gun-message.ts'
import { sha256 } from '../../../range/ledger/sha256.ts'

// What the proof page does, without its looks, and what a hostile browser might do.

let client: GunClient
let seat: PeerSeat
const state: { open: boolean; drop: string | undefined; served: number } = {
  open: false,
  drop: undefined,
  served: 0,
}
const heard = {
  open: () => (state.open = true),
  closed: (drop: string) => (state.drop = drop),
  served: (values: number) => (state.served = values),
}

function start(socketUrl: string): void {
  client = createGunClient(document, { scriptUrl: '/_astro/frame-test.js', socketUrl })
}

async function copyOf(claim: { vkey: string; checkpointKey: string }, peer?: number) {
  const where = peer === undefined ? {} : { peer }
  const begun = performance.now()
  const result = await takeCopy((space, key) => client.fetchByHash(space, key, where), claim)
  const ms = performance.now() - begun
  if (!result.ok) return { ...result, ms }
  const { size, names, origin } = result.copy
  return { ok: true, size, origin, values: names.size, ms }
}

async function offer(claim: { vkey: string; checkpointKey: string }): Promise<string> {
  Object.assign(state, { open: false, drop: undefined, served: 0 })
  seat = client.peers.open(heard)
  const end = (await seat.end)!
  return formatSignal({ kind: 'offer', exercise: 'x', ...claim, end }, sha256)
}

async function answer(text: string): Promise<string> {
  Object.assign(state, { open: false, drop: undefined })
  seat = client.peers.open(heard, endOf(text))
  return formatSignal({ kind: 'answer', end: (await seat.end)! }, sha256)
}

function accept(text: string): void {
  seat.accept(endOf(text))
}

function endOf(text: string): PeerEnd {
  const parsed = parseSignal(text, sha256)
  if (!parsed.ok) throw new Error(parsed.code)
  return parsed.signal.end
}

/** A page that speaks the wire protocol itself and keeps no rule of it. */
const ATTACKS: Record<string, (link: PeerLink, data: string) => void> = {
  'wrong-hash': (link, data) => {
    const { '#': ack, get } = JSON.parse(data) as { '#': string; get: { '.': string } }
    const put = { id: 'x1', ack, space: 'cp' as const, key: get['.'], value: 'a lie' }
    link.send(JSON.stringify(gunPut(put)))
  },
  'too-large': (link) => link.send('x'.repeat(100_000)),
  malformed: (link) => link.send('{"#":"a","get":{"#":"__proto__",".":"polluted"}}'),
  unasked: (link) => {
    const value = 'nobody wanted this'
    const key = btoa(String.fromCharCode(...sha256(new TextEncoder().encode(value))))
    link.send(JSON.stringify(gunPut({ id: 'x2', space: 'tile', key, value })))
  },
  flood: (link) => {
    const get = JSON.stringify({ '#': 'g1', get: { '#': 'tile#', '.': `${'A'.repeat(43)}=` } })
    for (let i = 0; i < 4000; i++) link.send(get)
  },
}
let hostile: PeerLink

async function attack(how: string, text: string): Promise<string> {
  const strike = ATTACKS[how]!
  let struck = false
  hostile = new PeerLink({
    open: () => {
      if (how !== 'wrong-hash') strike(hostile, '')
    },
    message: (data) => {
      if (how === 'wrong-hash' && !struck) strike(hostile, String(data))
      struck = true
    },
    closed: () => undefined,
  })
  return formatSignal({ kind: 'answer', end: (await hostile.answer(endOf(text)))! }, sha256)
}

async function until<T>(look: () => T | undefined | false): Promise<T> {
  for (;;) {
    const found = look()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
const opened = () => until(() => state.open)
const dropped = () => until(() => state.drop)

/** Milliseconds of each of `runs` checks of a proof file, signature included. */
function proofTimes(proof: string, vkey: string, runs: number): number[] {
  return Array.from({ length: runs }, () => {
    const begun = performance.now()
    if (!verifyProof(proof, vkey, { sha256, verify: verifyEd25519 }).ok) throw new Error('no proof')
    return performance.now() - begun
  })
}

const peerOf = (): number => seat.peer
Object.assign(globalThis, { start, copyOf, offer, answer, accept, attack })
Object.assign(globalThis, { opened, dropped, peerOf, proofTimes })
