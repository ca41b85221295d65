import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Input } from '../../../range/exercise/types.ts'
import { openStore } from '../../../range/server/database.ts'
import { asLogged, entryOf } from '../../../range/server/logged.ts'
import { withWords } from '../../../range/server/word-fields.ts'
import { createWords } from '../../../range/server/words.ts'

const dir = mkdtempSync(join(tmpdir(), 'doorstep-words-'))
const store = openStore(dir)
const words = createWords(store)
afterAll(() => {
  store.close()
  rmSync(dir, { recursive: true, force: true })
})

const taken = (seat: string, nickname: string, robot = false): Input => ({
  at: 1,
  kind: 'SeatTaken',
  seat,
  role: 'defender',
  nickname,
  robot,
})
/** As a replay reads an input out of the log. */
const reread = (input: Input): Input =>
  withWords((entryOf(input) as unknown as { input: Input }).input, words.wordOf)

test('[L84] an entry holds a commitment in place of the words, and a replay reads them back', () => {
  const said: Input = { at: 2, kind: 'Said', to: ['defender'], text: 'Mo, look at the dock' }
  const renamed: Input = { at: 3, kind: 'SeatChanged', seat: 's1', nickname: 'Mona' }
  for (const input of [taken('s1', 'Mo'), said, renamed]) {
    const sealed = words.seal('x1', input)
    expect(JSON.stringify(entryOf(sealed))).not.toMatch(/Mo/)
    expect(reread(sealed)).toEqual(sealed)
    expect(asLogged(sealed)).toEqual(sealed)
    expect(words.seal('x1', input)).not.toEqual(sealed)
  }
})

test('[L84] what is no person’s own words stays as it is', () => {
  const moved: Input = { at: 4, kind: 'SeatChanged', seat: 's1', role: 'attacker' }
  const inputs: Input[] = [
    taken('r1', 'Autopilot', true),
    moved,
    { at: 5, kind: 'Locked', locked: true },
  ]
  for (const input of inputs) {
    expect(words.seal('x1', input)).toBe(input)
    expect(entryOf(input)).toEqual({ kind: 'input', input })
    expect(reread(input)).toBe(input)
  }
})

test('[L84] erased, words are gone for that seat alone, and stand-ins tell seats apart', () => {
  const [ann, bea, cy] = ['a', 'b', 'c'].map((seat) =>
    words.seal('x2', taken(seat, `name ${seat}`)),
  )
  expect(words.erase('x2', 'a')).toBe(1)
  expect(words.erase('x2', 'b')).toBe(1)
  expect(words.erase('x2', null)).toBe(0)
  const names = [ann!, bea!, cy!].map((input) => (reread(input) as { nickname?: string }).nickname)
  expect(names[0]).toMatch(/^erased [0-9a-f]{6}$/)
  expect(new Set(names).size).toBe(3)
  expect(names[2]).toBe('name c')
})
