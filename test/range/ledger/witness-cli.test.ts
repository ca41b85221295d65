import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { findCosignature } from '../../../range/ledger/cosignature.ts'
import { ledgerVerifyFork } from '../../../range/server/cli/ledger-witness.ts'
import { nativeTools } from '../../../range/server/ledger/native.ts'
import { WitnessFile } from '../../../range/server/ledger/witness-file.ts'
import { freshDir } from './rig.ts'
import { forkedLogs, grow, openedLog, openTown, witnessOnce, type Town } from './witness-town.ts'

const CLI = fileURLToPath(new URL('../../../range/server/cli.ts', import.meta.url))

async function town(ticks = 2): Promise<{ town: Town; state: string; vkey: string }> {
  const log = await openedLog()
  await grow(log, ticks)
  return { town: await openTown(log), state: join(freshDir(), 'state'), vkey: log.vkey }
}

describe('doorstep ledger witness', () => {
  it('[L33] follows a growing log from its tiles, and its cosignatures are shown', async () => {
    const { town: one, state, vkey } = await town()
    const first = await witnessOnce({ log: one.url, state, vkey })
    expect(first.err.join()).toContain('does not know this witness yet')
    const witness = first.out[0]!.slice('witness '.length)
    const known = await openTown(one.log, { named: [witness] })
    expect(await witnessOnce({ log: known.url, state })).toMatchObject({ code: 0 })
    await grow(one.log, 20, 1)
    expect(await witnessOnce({ log: known.url, state })).toMatchObject({ code: 0 })
    expect(known.asked.filter((path) => path.includes('/tile/'))).not.toEqual([])
    const shown = await (await fetch(`${known.url}/checkpoint`)).text()
    expect(findCosignature(shown, witness, nativeTools)).toBeDefined()
    expect(shown.startsWith(one.log.checkpoint!)).toBe(true)
  })

  it('[L33] refuses an old copy and a cut tail, and says which', async () => {
    const [snapshot, later] = await forkedLogs(0)
    await grow(later, 3)
    const one = await openTown(later)
    const state = join(freshDir(), 'state')
    await witnessOnce({ log: one.url, state, vkey: later.vkey })
    one.log = snapshot
    const said = await witnessOnce({ log: one.url, state })
    expect(said).toMatchObject({ code: 1 })
    expect(said.err.join()).toContain('(smaller-size)')
    // The copy goes on and outgrows what was known: now it is a fork, and proven.
    await grow(snapshot, 6, 1)
    const fork = await witnessOnce({ log: one.url, state })
    expect(fork.err.join()).toContain('(history-rewritten)')
    expect(ledgerVerifyFork(`${state}.fork-proof`, later.vkey, quiet)).toBe(0)
    one.log = later
    expect((await witnessOnce({ log: one.url, state })).err.join()).toContain('(fork-known)')
  })

  it('[L33] writes a fork proof for two roots at one size, which anybody can check', async () => {
    const [true_, other] = await forkedLogs(3)
    const one = await openTown(true_)
    const state = join(freshDir(), 'state')
    await witnessOnce({ log: one.url, state, vkey: true_.vkey })
    one.log = other
    const said = await witnessOnce({ log: one.url, state })
    expect(said.code).toBe(1)
    expect(said.err.join()).toContain('(same-size-other-root)')
    const path = `${state}.fork-proof`
    expect(ledgerVerifyFork(path, true_.vkey, quiet)).toBe(0)
    expect(ledgerVerifyFork(path, undefined, quiet)).toBe(0)
    const stranger = await openedLog()
    expect(ledgerVerifyFork(path, stranger.vkey, quiet)).toBe(1)
    writeFileSync(path, readFileSync(path, 'utf8').replace('\n80\n', '\n81\n'))
    expect(ledgerVerifyFork(path, true_.vkey, quiet)).toBe(1)
    expect(ledgerVerifyFork('/nowhere', true_.vkey, quiet)).toBe(2)
  })

  it('[L33] refuses a new log identity, and garbage where hashes should be', async () => {
    const { town: one, state, vkey } = await town()
    await witnessOnce({ log: one.url, state, vkey })
    const mine = one.log
    one.log = await openedLog()
    const said = await witnessOnce({ log: one.url, state })
    expect(said.err.join()).toContain('(new-log-identity)')
    one.log = mine
    await grow(mine, 3)
    mine.tile = ({ width }) => new Uint8Array(width * 32)
    expect((await witnessOnce({ log: one.url, state })).err.join()).toContain('(bad-proof)')
    mine.tile = () => undefined
    expect((await witnessOnce({ log: one.url, state })).err.join()).toContain('(tiles-missing)')
  })

  it('[L33] refuses a log whose clock is a day ahead', async () => {
    const log = await openedLog(freshDir(), () => Date.now() + 86_400_000)
    await grow(log, 1)
    const one = await openTown(log)
    const state = join(freshDir(), 'state')
    const said = await witnessOnce({ log: one.url, state, vkey: log.vkey })
    expect(said).toMatchObject({ code: 1 })
    expect(said.err.join()).toContain('(clock-off)')
  })

  it('[L33] exits 2 on misuse: no key, another key, a foreign file, nobody there', async () => {
    const { town: one, state, vkey } = await town()
    const log = one.url
    expect(await witnessOnce({ log, state })).toMatchObject({ code: 2 })
    await witnessOnce({ log, state, vkey })
    const other = (await openedLog()).vkey
    expect(await witnessOnce({ log, state, vkey: other })).toMatchObject({ code: 2 })
    expect(await witnessOnce({ log, state, vkey: 'nonsense' })).toMatchObject({ code: 2 })
    const nobody = 'http://127.0.0.1:9/ledger/x'
    expect(await witnessOnce({ log: nobody, state })).toMatchObject({ code: 2 })
    writeFileSync(state, '{"kind":"something else"}')
    expect(await witnessOnce({ log, state })).toMatchObject({ code: 2 })
    expect(readFileSync(state, 'utf8')).toContain('something else')
  })

  it('[L34] a second witness on one state file is refused while the first lives', async () => {
    const { town: one, state, vkey } = await town()
    const first = await WitnessFile.open(state)
    const said = await witnessOnce({ log: one.url, state, vkey })
    expect(said).toMatchObject({ code: 2, out: [] })
    expect(said.err.join()).toContain('in use by another witness')
    first.close()
    expect((await witnessOnce({ log: one.url, state, vkey })).out).not.toEqual([])
  })

  it('[L34] killed between storing and sending, it knows what it may have signed', async () => {
    const [mine, other] = await forkedLogs(2)
    const one = await openTown(mine)
    const [state, { vkey }] = [join(freshDir(), 'state'), mine]
    const child = await new Promise<ReturnType<typeof spawn>>((resolve, reject) => {
      // The hand-in hangs: what it carries must be on disk by now.
      one.onHandIn = () => new Promise(() => resolve(process_))
      const args = ['ledger', 'witness', '--log', one.url, '--vkey', vkey, '--state', state]
      const process_ = spawn(process.execPath, [CLI, ...args], { stdio: 'ignore' })
      process_.once('exit', (code) => reject(new Error(`exit ${code}`)))
    })
    const kept = JSON.parse(readFileSync(state, 'utf8')) as { state: { note: string } }
    expect(kept.state.note).toBe(one.log.checkpoint)
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    one.onHandIn = undefined
    expect(await witnessOnce({ log: one.url, state })).not.toMatchObject({ code: 2 })
    one.log = other
    expect((await witnessOnce({ log: one.url, state })).err.join()).toContain(
      'same-size-other-root',
    )
  }, 20_000)
})

const quiet = { out: () => undefined, err: () => undefined }
