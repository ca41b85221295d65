import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ledgerVerify } from '../../../../range/server/cli/ledger.ts'
import { replayCommand } from '../../../../range/server/cli/replay.ts'
import { simulateCommand } from '../../../../range/server/cli/simulate.ts'

const home = mkdtempSync(join(tmpdir(), 'doorstep-simulate-'))
afterAll(() => {
  rmSync(home, { recursive: true, force: true })
})

async function simulated(
  name: string,
  change: { seed?: number; without?: readonly string[]; set?: readonly string[] } = {},
): Promise<string> {
  const out = join(home, name)
  const code = await simulateCommand({
    scenario: 'market-day',
    seed: change.seed ?? 5,
    hours: 0.4,
    set: change.set ?? [],
    without: change.without ?? [],
    defended: true,
    out,
    json: true,
  })
  expect(code).toBe(0)
  return out
}
function files(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()
  return new Map(names.map((name) => [name, readFileSync(join(folder, name)).toString('base64')]))
}
function lines(folder: string, name: string): string[] {
  return readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
}

describe('doorstep simulate', () => {
  it('[X1] the same arguments give the same files, byte for byte, the ledger included', async () => {
    const [one, two] = [files(await simulated('one')), files(await simulated('two'))]
    expect([...one.keys()]).toEqual([...two.keys()])
    expect([...one.keys()]).toEqual(
      expect.arrayContaining([
        'alerts.jsonl',
        'incidents.jsonl',
        'inputs.jsonl',
        'score.json',
        'telemetry.jsonl',
        'truth.jsonl',
      ]),
    )
    for (const [name, bytes] of one) expect(two.get(name) === bytes, name).toBe(true)
  })

  it('[X2] its ledger verifies, and a replay equals what was recorded', async () => {
    expect(await ledgerVerify(join(home, 'one'), { json: true })).toBe(0)
    expect(await replayCommand({ dir: join(home, 'one'), json: true })).toBe(0)
  })

  it('[X6] leaving out the card testing leaves every van as it was, byte for byte', async () => {
    const without = await simulated('without', { without: ['P2'] })
    const vans = (folder: string): string[] =>
      lines(folder, 'telemetry.jsonl').filter((line) => line.includes('device:van-'))
    expect(lines(without, 'truth.jsonl').some((line) => line.includes('"P2"'))).toBe(false)
    expect(lines(join(home, 'one'), 'truth.jsonl').some((line) => line.includes('"P2"'))).toBe(true)
    expect(vans(without).length).toBeGreaterThan(100)
    expect(vans(without)).toEqual(vans(join(home, 'one')))
  })

  it('[X12] the ground truth never travels with telemetry', () => {
    const telemetry = readFileSync(join(home, 'one', 'telemetry.jsonl'), 'utf8')
    for (const word of [
      '"cause"',
      'attack',
      '"run"',
      'truth',
      'stealth',
      'crew',
      'spoof',
      'divert',
    ])
      expect(telemetry.includes(word), word).toBe(false)
  })

  it('[C4] a scenario or setting that does not exist is misuse', async () => {
    const ask = (scenario: string, set: readonly string[]): Promise<number> =>
      simulateCommand({
        scenario,
        seed: 1,
        set,
        without: [],
        defended: false,
        out: join(home, 'never'),
        json: true,
      })
    expect(await ask('no-such-day', [])).toBe(2)
    expect(await ask('market-day', ['nonsense'])).toBe(2)
  })
})
