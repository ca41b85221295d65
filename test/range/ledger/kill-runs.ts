import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { verifyProof } from '../../../range/ledger/proof.ts'
import type { Log } from '../../../range/server/ledger/log.ts'
import { nativeTools } from '../../../range/server/ledger/native.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { LIVE, type KillPoint } from './kill-load.ts'

/** What came of a number of kills. `complaints` is empty where nothing was lost or split. */
export interface KillSums {
  runs: number
  acknowledged: number
  signed: number
  /** Times that more stood there than had been acknowledged. */
  beyond: number
  readonly complaints: string[]
}

/** A log is begun anew after so many kills, so that a run stays short. */
const KILLS_PER_LOG = 10
const ACKS_MAX = 150
const CALLS_MAX = 100

/**
 * Kills a process that writes a log under load, `runs` times, in `lanes` at once: one half from
 * outside at a random moment, the other half at a random call of the write path, a random share of
 * its bytes being written. After each, the log is opened and all that was ever acknowledged or
 * signed is looked for. The same `seed` plans the same kills.
 */
export async function killRuns(
  options: { readonly runs: number; readonly lanes: number; readonly seed: number },
  tell: (sums: KillSums) => void = () => undefined,
): Promise<KillSums> {
  const root = mkdtempSync(join(tmpdir(), 'doorstep-kill-'))
  const sums: KillSums = { runs: 0, acknowledged: 0, signed: 0, beyond: 0, complaints: [] }
  const random = seeded(options.seed)
  try {
    const child = await bundled(root)
    let left = options.runs
    const lane = async (): Promise<void> => {
      while (left > 0) {
        const runs = Math.min(left, KILLS_PER_LOG)
        left -= runs
        const dir = mkdtempSync(join(root, 'log-'))
        await killOneLog({ child, dir, runs, random }, sums, tell)
        rmSync(dir, { recursive: true })
      }
    }
    await Promise.all(Array.from({ length: options.lanes }, lane))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
  return sums
}

interface Kept {
  readonly acknowledged: Set<number>
  readonly roots: Map<number, string>
  next: number
}

async function killOneLog(
  job: { child: string; dir: string; runs: number; random: () => number },
  sums: KillSums,
  tell: (sums: KillSums) => void,
): Promise<void> {
  const { child, dir, random } = job
  const kept: Kept = { acknowledged: new Set(), roots: new Map(), next: 0 }
  for (let run = 0; run < job.runs; run++) {
    const inside = random() < 0.5
    const point = { call: 1 + Math.floor(random() * CALLS_MAX), share: random() }
    const acks = 1 + Math.floor(random() * ACKS_MAX)
    const delay = random() * 4
    const said = await runAndKill({ child, dir, next: kept.next }, inside ? point : { acks, delay })
    const fresh = hear(said, kept, sums)
    const log = await openLog(dir, LIVE)
    judge(log, kept, fresh, sums)
    if (!(await log.audit()).ok) sums.complaints.push('the audit found a change')
    await log.close()
    sums.runs += 1
    tell(sums)
  }
}

/** Runs the load over `dir` until it is dead, and returns the lines it wrote. */
function runAndKill(
  at: { readonly child: string; readonly dir: string; readonly next: number },
  how: KillPoint | { readonly acks: number; readonly delay: number },
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const point = 'call' in how ? how : null
    const args = [at.child, at.dir, JSON.stringify(point), String(at.next)]
    const running = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let [said, lines, complaint] = ['', 0, '']
    running.stderr.on('data', (data: Buffer) => (complaint += data.toString()))
    running.stdout.on('data', (data: Buffer) => {
      said += data.toString()
      lines += data.toString().split('\n').length - 1
      if ('acks' in how && lines >= how.acks) setTimeout(() => running.kill('SIGKILL'), how.delay)
    })
    running.on('close', (_, signal) =>
      signal === 'SIGKILL' ? resolve(said.split('\n').slice(0, -1)) : reject(new Error(complaint)),
    )
  })
}

/** Takes down what a process said; returns what it acknowledged now. */
function hear(lines: readonly string[], kept: Kept, sums: KillSums): number[] {
  const fresh: number[] = []
  for (const line of lines) {
    const [first, size, root] = line.split(' ')
    if (first !== 'signed') {
      fresh.push(Number(first))
      continue
    }
    const before = kept.roots.get(Number(size))
    if (before !== undefined && before !== root) sums.complaints.push(`two roots of size ${size}`)
    kept.roots.set(Number(size), root!)
    sums.signed += 1
  }
  for (const n of fresh) kept.acknowledged.add(n)
  sums.acknowledged += fresh.length
  return fresh
}

function judge(log: Log, kept: Kept, fresh: readonly number[], sums: KillSums): void {
  const complain = (text: string) => sums.complaints.push(`run ${sums.runs}: ${text}`)
  const there = [...log.entries()].map((row) => (row.entry as unknown as { n: number }).n)
  for (let i = 0; i < there.length; i += 2) {
    if (there[i] !== there[i + 1]) complain(`the batch of ${there[i]} is split`)
  }
  const found = new Set(there)
  for (const n of kept.acknowledged) if (!found.has(n)) complain(`${n} was acknowledged, and lost`)
  for (const [size, root] of kept.roots) {
    const now = size > log.publishedSize ? 'nothing' : log.head(size).root
    if (now !== root) complain(`size ${size} was signed as ${root}, and is ${now}`)
  }
  const proof = log.publishedSize === 0 ? undefined : log.prove(log.publishedSize - 1)
  if (proof !== undefined && !verifyProof(proof, log.vkey, nativeTools).ok) complain('a bad proof')
  const highest = Math.max(kept.next - 1, ...there)
  if (highest > Math.max(-1, ...fresh)) sums.beyond += 1
  kept.next = highest + 1
}

/** The child as one plain file: half the time to start. */
async function bundled(folder: string): Promise<string> {
  const input = fileURLToPath(new URL('./kill-child.ts', import.meta.url))
  const build = await rolldown({ input, platform: 'node' })
  const { output } = await build.generate({ format: 'esm' })
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'kill-child.mjs')
  writeFileSync(file, output[0].code)
  return file
}

/** Mulberry32: the same draws for the same seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
