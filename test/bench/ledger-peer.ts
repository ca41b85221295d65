import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { BENCH_ENTRY } from './ledger-entry.ts'

/** What a store reached; `note` says what the figure is of, or why there is none. */
export interface PeerFigure {
  readonly store: string
  readonly inFlight: number
  readonly entriesPerSecond?: number
  readonly p50Ms?: number
  readonly p99Ms?: number
  readonly note: string
}

const text = JSON.stringify(BENCH_ENTRY)
const round = (ms: number) => Math.round(ms * 100) / 100
const at = (sorted: readonly number[], share: number) =>
  round(sorted[Math.floor(sorted.length * share)] ?? 0)

/** SQLite with a journal ahead of it and FULL syncs; `inFlight` rows share a transaction. */
export function sqliteFigure(inFlight: number, seconds: number): PeerFigure {
  const dir = mkdtempSync(join(tmpdir(), 'doorstep-bench-'))
  const db = new Database(join(dir, 'log.db'))
  db.pragma('journal_mode = wal')
  db.pragma('synchronous = full')
  db.exec('create table log (at integer primary key, entry text not null)')
  const insert = db.prepare('insert into log (entry) values (?)')
  const batch = db.transaction(() => {
    for (let i = 0; i < inFlight; i++) insert.run(text)
  })
  const waits: number[] = []
  const start = performance.now()
  for (let now = start; now < start + seconds * 1000; now = performance.now()) {
    batch()
    waits.push(performance.now() - now)
  }
  const elapsed = (performance.now() - start) / 1000
  db.close()
  rmSync(dir, { recursive: true })
  waits.sort((a, b) => a - b)
  const entriesPerSecond = Math.round((waits.length * inFlight) / elapsed)
  const figures = { entriesPerSecond, p50Ms: at(waits, 0.5), p99Ms: at(waits, 0.99) }
  return { store: 'SQLite', inFlight, ...figures, note: 'no hashes; rows share a transaction' }
}

/** What of a hypercore is used here. */
interface Hypercore {
  ready(): Promise<void>
  append(blocks: Buffer | Buffer[]): Promise<unknown>
  close(): Promise<void>
}

/**
 * Hypercore, `inFlight` appends of one block each and then one append of `inFlight` blocks at a
 * time, where it is installed: it is no dependency of this project. `npm install hypercore` in a
 * folder of its own, and name that folder in `DOORSTEP_HYPERCORE`. It waits for no sync and has no
 * option for one: an append is answered when RocksDB has taken it, and is lost with the power.
 */
export async function hypercoreFigures(
  inFlights: readonly number[],
  seconds: number,
): Promise<PeerFigure[]> {
  const folder = process.env['DOORSTEP_HYPERCORE'] ?? fileURLToPath(new URL('.', import.meta.url))
  let make: new (dir: string) => Hypercore
  try {
    make = createRequire(join(folder, 'from-here.js'))('hypercore')
  } catch {
    return [{ store: 'hypercore', inFlight: 0, note: 'not installed' }]
  }
  const figures: PeerFigure[] = []
  const loads = inFlights.flatMap((count) =>
    count === 1
      ? [[1, 1]]
      : [
          [count, 1],
          [1, count],
        ],
  )
  for (const [clients = 1, blocks = 1] of loads) {
    const dir = mkdtempSync(join(tmpdir(), 'doorstep-hypercore-'))
    const core = new make(dir)
    await core.ready()
    figures.push(await hypercoreFigure(core, { clients, blocks }, seconds))
    await core.close()
    rmSync(dir, { recursive: true, force: true })
  }
  return figures
}

async function hypercoreFigure(
  core: Hypercore,
  { clients, blocks }: { readonly clients: number; readonly blocks: number },
  seconds: number,
): Promise<PeerFigure> {
  const waits: number[] = []
  const block = Buffer.from(text)
  const batch = Array.from({ length: blocks }, () => block)
  const start = performance.now()
  async function client(): Promise<void> {
    for (let now = start; now < start + seconds * 1000; now = performance.now()) {
      const begun = performance.now()
      await core.append(batch)
      waits.push(performance.now() - begun)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  const entriesPerSecond = Math.round(
    (waits.length * blocks) / ((performance.now() - start) / 1000),
  )
  waits.sort((a, b) => a - b)
  const figures = { entriesPerSecond, p50Ms: at(waits, 0.5), p99Ms: at(waits, 0.99) }
  const note = blocks === 1 ? 'an append each' : 'blocks share an append'
  const inFlight = clients * blocks
  return { store: 'hypercore', inFlight, ...figures, note: `${note}; waits for no sync` }
}

/** PostgreSQL where this machine has one: a server of its own, driven by pgbench. */
export function postgresFigures(inFlights: readonly number[], seconds: number): PeerFigure[] {
  const none = (note: string): PeerFigure[] => [{ store: 'PostgreSQL', inFlight: 0, note }]
  const bin = binaries()
  if (bin === undefined) return none('not installed')
  const dir = mkdtempSync(join(tmpdir(), 'doorstep-pg-'))
  // PostgreSQL does not run as root.
  const root = process.getuid?.() === 0
  const as = (file: string, args: readonly string[]) =>
    root
      ? spawnSync('runuser', ['-u', 'postgres', '--', file, ...args], {
          encoding: 'utf8',
          cwd: '/',
        })
      : spawnSync(file, args, { encoding: 'utf8', cwd: '/' })
  if (root) spawnSync('chown', ['postgres', dir])
  const data = join(dir, 'data')
  try {
    const made = as(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'bench', '--no-sync'])
    if (made.status !== 0) return none(`initdb: ${made.stderr.trim().split('\n').at(-1) ?? ''}`)
    const options = `-c listen_addresses= -c unix_socket_directories=${dir} -c max_connections=400`
    const begun = as(join(bin, 'pg_ctl'), [
      '-D',
      data,
      '-w',
      '-o',
      options,
      '-l',
      '/dev/null',
      'start',
    ])
    if (begun.status !== 0) return none('the server does not start')
    const connection = ['-h', dir, '-U', 'bench']
    as(join(bin, 'psql'), [
      ...[...connection, '-d', 'postgres', '-c'],
      'create table log (at bigserial primary key, entry text not null)',
    ])
    writeFileSync(join(dir, 'insert.sql'), `insert into log (entry) values ('${text}');\n`)
    return inFlights.map((inFlight) => {
      const clients = ['-c', String(inFlight), '-j', '1', '-T', String(seconds), '-M', 'prepared']
      const script = [
        '-n',
        '-f',
        join(dir, 'insert.sql'),
        '-l',
        `--log-prefix=${dir}/log${inFlight}`,
      ]
      const ran = as(join(bin, 'pgbench'), [...connection, ...clients, ...script, 'postgres'])
      const last = ran.stderr.trim().split('\n').at(-1) ?? ''
      if (ran.status !== 0) return { store: 'PostgreSQL', inFlight, note: `pgbench: ${last}` }
      return pgbenchFigure(dir, inFlight, seconds)
    })
  } finally {
    as(join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', 'stop'])
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Reads the log that pgbench writes: a line each, with microseconds in its third place. */
function pgbenchFigure(dir: string, inFlight: number, seconds: number): PeerFigure {
  const name = readdirSync(dir).find((one) => one.startsWith(`log${inFlight}.`))
  const waits = (name === undefined ? '' : readFileSync(join(dir, name), 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Number(line.split(' ')[2]) / 1000)
    .sort((a, b) => a - b)
  const entriesPerSecond = Math.round(waits.length / seconds)
  const figures = { entriesPerSecond, p50Ms: at(waits, 0.5), p99Ms: at(waits, 0.99) }
  return {
    store: 'PostgreSQL',
    inFlight,
    ...figures,
    note: 'no hashes; a connection each, all cores',
  }
}

function binaries(): string | undefined {
  const base = '/usr/lib/postgresql'
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : []
  const found = versions.map((one) => join(base, one, 'bin'))
  return found.find((one) => existsSync(join(one, 'initdb')) && existsSync(join(one, 'pgbench')))
}

/** Runs `ledger-load.ts` in a process of its own and gives what it says. */
export function loadElsewhere(args: readonly string[]): Promise<Record<string, number>> {
  const script = new URL('./ledger-load.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--expose-gc', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (data: Buffer) => (said += data.toString()))
  return new Promise((resolve, reject) => {
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(said)) : reject(new Error(`${args[0]} ended with ${code}`)),
    )
  })
}
