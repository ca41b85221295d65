import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { main } from '../../../../range/server/cli.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'doorstep-misuse-'))
})
afterAll(() => {
  rmSync(dir, { recursive: true, force: true })
})

async function run(...args: readonly string[]): Promise<{ code: number; lines: string[] }> {
  let told = ''
  const hear = (text: unknown): boolean => {
    told += String(text)
    return true
  }
  const spies = [
    vi.spyOn(process.stderr, 'write').mockImplementation(hear as never),
    vi.spyOn(process.stdout, 'write').mockImplementation((() => true) as never),
  ]
  try {
    const code = await main(args)
    return { code, lines: told.split('\n').filter((line) => line.trim() !== '') }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

const WRONG = [
  ['an unknown command', ['serv'], /unknown command 'serv'.*serve/],
  ['an unknown option', ['serve', '--prot', '1'], /unknown option '--prot'/],
  ['no seed', ['simulate', 'w1', '--out', 'x'], /--seed/],
  ['a word as seed', ['simulate', 'w1', '--seed', 'seven', '--out', 'x'], /whole number from 0/],
  ['a broken seed', ['simulate', 'w1', '--seed', '1.5', '--out', 'x'], /whole number from 0/],
  ['a negative seed', ['simulate', 'w1', '--seed=-1', '--out', 'x'], /whole number from 0/],
  ['a seed too large', ['simulate', 'w1', '--seed', '2147483648', '--out', 'x'], /2147483647/],
  ['seeds the wrong way round', ['evaluate', 'w1', '--seeds', '5..1'], /seeds/],
  ['seeds that are words', ['evaluate', 'w1', '--seeds', 'all'], /seeds/],
  ['an unknown scenario', ['evaluate', 'nowhere', '--seeds', '1..2'], /nowhere/],
  ['a port out of range', ['serve', '--port', '99999'], /whole number from 0 to 65535/],
  ['an address that is none', ['serve', '--public-url', 'here'], /https:\/\//],
  ['no file', ['detect', 'no-such.log'], /no-such\.log/],
  ['an unknown format', ['detect', 'x', '--format', 'xml'], /combined/],
  ['a folder without a log', ['ledger', 'verify', 'no-such-dir'], /no-such-dir/],
  ['a folder without an exercise', ['replay', 'no-such-dir'], /no-such-dir/],
  ['no rules', ['sigma', '--input', 'x'], /--rules/],
  ['no formula', ['monitor', '--log', 'x'], /--formula/],
  ['an unknown model', ['train', 'no-such-model'], /no-such-model/],
] as const
test.each(WRONG)('[N44] %s: exit code 2 and one clear line', async (_name, args, words) => {
  const { code, lines } = await run(...args)
  expect(lines.join('\n')).toMatch(words)
  expect(lines).toHaveLength(1)
  expect(code).toBe(2)
})

test('[N44] a scenario with mistakes names each with its line and a correction', async () => {
  const file = join(dir, 'scenario.yml')
  writeFileSync(
    file,
    'title: X\nsummary: Y\nlength: 900\nspeed: 1\npalette: [W9]\ncrewHours: 2\ncolour: red\n',
  )
  const { code, lines } = await run('simulate', file, '--seed', '1', '--out', join(dir, 'out'))
  expect(code).toBe(2)
  for (const at of [3, 5, 7])
    expect(lines.some((line) => line.includes(`scenario.yml:${at}:`))).toBe(true)
})

test('[N44] a taken port is named, and how to choose another', async () => {
  const taken = await new Promise<Server>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      resolve(server)
    })
  })
  const { port } = taken.address() as AddressInfo
  const { code, lines } = await run('serve', '--port', String(port), '--data', join(dir, 'data'))
  taken.close()
  expect(code).toBe(2)
  expect(lines).toEqual([`port ${port} is taken; choose another: npm start -- --port ${port + 1}`])
}, 120_000)
