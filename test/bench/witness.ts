import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { cosign, makeWitnessVkey } from '../../range/ledger/cosignature.ts'
import { parseVkey } from '../../range/ledger/checkpoint.ts'
import { startServer, type Running } from '../../range/server/main.ts'
import { nativeSha256 } from '../../range/server/ledger/native.ts'
import { signerFromSeed } from '../../range/server/ledger/signer.ts'
import type { Room } from '../../range/server/room.ts'

/** What a class reached. Times are milliseconds from a checkpoint published to one witnessed. */
export interface WitnessFigure {
  readonly witnesses: number
  readonly checkpoints: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly maxMs: number
  readonly coresAndLoad: string
}

/**
 * From entry to quorum: a running exercise whose `witnesses` wait for each round, sign natively and
 * hand in, over real HTTP from this process; `seconds` of it. Every checkpoint counts.
 */
export async function benchWitness(witnesses = 20, seconds = 30): Promise<WitnessFigure> {
  const data = mkdtempSync(join(tmpdir(), 'doorstep-bench-'))
  const stub = (_: unknown, res: { end: (text: string) => unknown }) => res.end('')
  const running = await startServer({ port: 0, data, lan: false, site: stub })
  const { rooms } = running.services
  const made = await rooms.create({ scenario: 's1-lab', mode: 'class', owner: null })
  if (!made.ok) throw new Error(made.reason)
  const { room } = made
  await room.submit({ kind: 'PhaseSet', phase: 'running' })
  const over = new AbortController()
  const all = Array.from({ length: witnesses }, (_, i) => take(running, room, i, over.signal))
  const took = await watch(running, room, seconds)
  over.abort()
  await Promise.allSettled(all)
  await running.close()
  rmSync(data, { recursive: true, force: true })
  took.sort((a, b) => a - b)
  const at = (share: number): number => Math.round(took[Math.floor(took.length * share)] ?? NaN)
  return {
    witnesses,
    checkpoints: took.length,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    maxMs: Math.round(took.at(-1) ?? NaN),
    coresAndLoad: `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
  }
}

/** One witness: enrols, then takes part in every round. */
async function take(running: Running, room: Room, i: number, signal: AbortSignal): Promise<void> {
  const role = i === 0 ? 'trainer' : 'customer'
  const seat = await running.services.rooms.seat(room, role, `Witness ${i}`)
  if (!seat.ok) throw new Error(seat.reason)
  const name = `bench.example/${i}`
  const { vkey, sign } = signerFromSeed(name, Buffer.alloc(32, i + 1))
  const { publicKey } = parseVkey(vkey, nativeSha256)!
  const signer = { vkey: makeWitnessVkey(name, publicKey, nativeSha256), sign }
  const url = `http://127.0.0.1:${running.port}`
  const post = (path: string, body: string): Promise<Response> => {
    const headers = { origin: url, 'x-seat': seat.token }
    return fetch(`${url}/ledger/${room.id}/${path}`, { method: 'POST', body, headers, signal })
  }
  const enrolled = await post('witness', signer.vkey)
  if (!enrolled.ok) throw new Error(await enrolled.text())
  for (let after = 0; !signal.aborted;) {
    const answer = await fetch(`${url}/ledger/${room.id}/round?after=${after}`, { signal })
    const note = await answer.text()
    after = Number(note.split('\n', 2)[1])
    const text = note.slice(0, note.lastIndexOf('\n\n') + 1)
    const line = cosign(text, Math.floor(Date.now() / 1000), signer, nativeSha256)
    await (await post('add-cosignature', note + line)).text()
  }
}

/** How long each checkpoint waited until it, or one that continues it, had its quorum. */
async function watch(running: Running, room: Room, seconds: number): Promise<number[]> {
  const address = `http://127.0.0.1:${running.port}/ledger/${room.id}/witnesses`
  const waiting: { readonly size: number; readonly at: number }[] = []
  const took: number[] = []
  // The first rounds are those in which witnesses still come.
  const [warm, end] = [performance.now() + 5000, performance.now() + 5000 + seconds * 1000]
  for (let known = room.log.publishedSize; performance.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    const { publishedSize } = room.log
    if (publishedSize !== known && performance.now() > warm) {
      waiting.push({ size: publishedSize, at: performance.now() })
    }
    known = publishedSize
    if (waiting.length === 0) continue
    const { witnessed } = (await (await fetch(address)).json()) as { witnessed: number | null }
    while (waiting[0] !== undefined && waiting[0].size <= (witnessed ?? 0)) {
      took.push(performance.now() - waiting.shift()!.at)
    }
  }
  return took
}

if (import.meta.main) console.log(JSON.stringify(await benchWitness()))
