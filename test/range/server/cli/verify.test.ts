import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { main } from '../../../../range/server/cli.ts'
import { loadZ3 } from '../../../../range/server/cli/z3-solver.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'doorstep-verify-'))
})
afterAll(() => {
  rmSync(dir, { recursive: true, force: true })
})

async function run(
  ...args: readonly string[]
): Promise<{ code: number; out: string; err: string }> {
  const told = { out: '', err: '' }
  const hear = (where: 'out' | 'err') => (text: unknown) => {
    told[where] += String(text)
    return true
  }
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(hear('out') as never),
    vi.spyOn(process.stderr, 'write').mockImplementation(hear('err') as never),
  ]
  try {
    return { code: await main(['verify', ...args]), ...told }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

test('[V12] a proof: exit code 0, what holds, and how far', async () => {
  const { code, out } = await run('virtual-goods')
  expect(code).toBe(0)
  expect(out).toMatch(/^Virtual goods: proved\n/)
  expect(out).toMatch(/holds +Every key once/)
  expect(out).toMatch(/every state that can be reached, with 3 × key/)
  expect(out).toMatch(/1,728 states/)
})

test('[V12] a counterexample: exit code 1, and the story', async () => {
  const { code, out } = await run('returns-and-refunds', '--without', 'four-eyes')
  expect(code).toBe(1)
  expect(out).toMatch(/Broken: Two people for every large refund/)
  expect(out).toMatch(/2\. Ann says yes to refund 1, which Ann asked for\. \(support, attacker\)/)
  expect(out).toMatch(/approver of refund 1: nobody → Ann/)
})

test('[V12] --json gives one object, with steps, roles, parameters and changes', async () => {
  const { code, out } = await run('locker-hand-over', '--without', 'singleUseCode', '--json')
  const result = JSON.parse(out) as { result: string; steps: object[]; seconds: number }
  expect(code).toBe(1)
  expect(result).toMatchObject({
    workflow: 'locker-hand-over',
    without: ['singleUseCode'],
    backend: 'search',
    result: 'counterexample',
    property: { key: 'right-hands' },
  })
  expect(result.steps[1]).toMatchObject({
    action: 'open',
    actor: 'theo',
    role: 'customer',
    attacker: true,
    parameters: { p: 'parcel-1' },
    changes: [{ cell: 'inside', from: 'parcel 1', to: 'none' }, { cell: 'taker[parcel-1]' }],
  })
  const proved = JSON.parse((await run('locker-hand-over', '--json')).out) as object
  expect(proved).toMatchObject({ result: 'proved', bound: { kind: 'all-states' }, states: 309 })
})

test('[V12] several controls go off at once, by any spelling', async () => {
  const { out } = await run('posted-goods', '--without', 'SCA', 'signed-hand-over', '--json')
  expect(JSON.parse(out)).toMatchObject({ without: ['sca', 'signedHandover'] })
})

test('[V16] --scenario writes a scenario that plays it, or says why there is none', async () => {
  const file = join(dir, 'scenario.yml')
  const made = await run('returns-and-refunds', '--without', 'fourEyes', '--scenario', file)
  expect(made).toMatchObject({ code: 1 })
  expect(made.err).toContain(`${file}: a scenario in which I1 goes this way`)
  expect(readFileSync(file, 'utf8')).toMatch(/controls:\n +fourEyes: false/)
  const none = await run('locker-hand-over', '--without', 'guessLimit', '--scenario', file)
  expect(none.err).toMatch(/^no scenario: the range's world has no control guessLimit/)
})

const MISUSE = [
  [
    'an unknown workflow',
    ['posted-good'],
    /^no workflow posted-good: did you mean posted-goods\?$/,
  ],
  ['nothing near', ['nonsense'], /^no workflow nonsense: there are locker-hand-over, /],
  [
    'an unknown control',
    ['posted-goods', '--without', 'scaa'],
    /no control scaa: did you mean sca\?/,
  ],
  ['no such control', ['posted-goods', '--without', 'xyz'], /it has sca, serverSidePrice/],
  ['an unknown back end', ['posted-goods', '--backend', 'x'], /search, z3/],
] as const
test.each(MISUSE)('[V12] %s: exit code 2 and one clear line', async (_, args, words) => {
  const { code, err } = await run(...args)
  expect(code).toBe(2)
  expect(err.trim()).toMatch(words)
  expect(err.trim().split('\n')).toHaveLength(1)
})

const solver = await loadZ3()
solver?.close()
test.skipIf(solver !== null)('[V17] without the solver installed, one line says how', async () => {
  const { code, err } = await run('posted-goods', '--backend', 'z3')
  expect(code).toBe(2)
  expect(err).toBe('z3 is not installed: npm install z3-solver\n')
})
test.skipIf(solver === null)('[V17] --backend z3 proves for any number of steps', async () => {
  const proof = await run('posted-goods', '--backend', 'z3')
  expect(proof.code).toBe(0)
  expect(proof.out).toMatch(/Bound: any number of steps \(by induction over 1\)/)
  const broken = await run('posted-goods', '--backend', 'z3', '--without', 'sca', '--json')
  expect(broken.code).toBe(1)
  expect(JSON.parse(broken.out)).toMatchObject({ backend: 'z3', result: 'counterexample' })
})

const SMALL = `workflow: small
title: Small
about: Small.
roles: { clerk: works }
actors: { ann: { name: Ann, roles: [clerk] } }
state: { level: { is: 0..3 } }
actions:
  up: { who: clerk, set: { level: level + 1 }, says: "Up from {level}." }
properties:
  low: { title: Low, reading: low, always: level < LIMIT }
reachable: { top: level = TOP }
`
function write(name: string, limit: string, top: string): string {
  const file = join(dir, name)
  writeFileSync(file, SMALL.replace('LIMIT', limit).replace('TOP', top))
  return file
}

test('[V1] [V12] a document of ones own, by path; its mistakes with line and column', async () => {
  expect((await run(write('good.yml', '9', '3'))).code).toBe(0)
  const file = write('bad.yml', 'levl', 'true')
  const { code, err } = await run(file)
  expect(code).toBe(2)
  expect(err).toContain(`${file}:10:52: nothing is called \`levl\` here (write: level)\n`)
  expect(err).toContain(`${file}:11:19: a number is compared with true or false\n`)
})

test('[V8] a workflow in which what should be possible is not: exit code 2, and its name', async () => {
  const { code, err } = await run(write('never.yml', '9', '5'))
  expect(code).toBe(2)
  expect(err).toMatch(/what should be possible is not: top/)
})
