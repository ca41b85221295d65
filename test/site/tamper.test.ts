import { describe, expect, it } from 'vitest'
import { utf8 } from '../../range/ledger/bytes.ts'
import { verifyForkProof } from '../../range/ledger/fork-proof.ts'
import { sha256 } from '../../range/ledger/sha256.ts'
import { parseChanges, type Change, type Tool } from '../../site/tamper/change.ts'
import { audit, runChecks } from '../../site/tamper/check.ts'
import { noticedBy, CHECKERS, type Findings } from '../../site/tamper/finding.ts'
import { makeKeys, tools } from '../../site/tamper/record.ts'
import {
  changedView,
  openLab,
  POWERS,
  type Experiment,
  type Party,
  type Power,
} from '../../site/tamper/scene.ts'
import { forgedText, story, STORY_ENTRIES } from '../../site/tamper/story.ts'

const keys = makeKeys(sha256(utf8('a secret for tests')))
const lab = openLab(story(), keys)

const edit = (id: number): Change => ({ kind: 'edit', id, what: forgedText(id) })
const remove = (id: number): Change => ({ kind: 'delete', id })
const move = (id: number, to: number): Change => ({ kind: 'move', id, to })
const cut = (size: number): Change => ({ kind: 'cut', size })
const slip = (after: number): Change => ({
  kind: 'insert',
  after,
  id: 100,
  at: '11:57',
  what: 'All parcels in place.',
})
const lie: Change = { kind: 'append', id: 100, at: '17:20', what: 'The boots were in the box.' }

function run(
  tool: Tool,
  power: Power,
  change: Change | readonly Change[],
  shown: readonly Party[] = [],
): Findings {
  const changes = [change].flat() as readonly Change[]
  const experiment: Experiment = { tool, power, changes, shown }
  return runChecks(lab, experiment)
}

/** Letters of those who noticed: Auditor, Tablet, Witness, Buyer, Neighbours; dots are silent. */
function letters(findings: Findings): string {
  const noticed = noticedBy(findings)
  return CHECKERS.map((who) => (noticed[who] ? who[0]!.toUpperCase() : '.')).join('')
}

/*
 * By reasoning, not by running. Places are counted from 0. Seen: tablet 18, carrier 22, insurer 18,
 * bakery 12; the receipt is for entry 1. With the database alone the log stays, so only those who
 * read rows can notice: the auditor always, the buyer if row 1 is another one. With the key the log
 * fits itself, so the auditor never notices; whoever remembers n entries notices any change below n
 * and any log shorter than n; the buyer notices when place 1 changes. Bribed witnesses never do.
 */
const TABLE: readonly (readonly [Tool, string, Change, Record<Power, string>])[] = [
  ['edit', 'entry 1', edit(1), { database: 'A..B.', key: '.TWB.', witnesses: '.T.B.' }],
  ['edit', 'entry 12', edit(12), { database: 'A....', key: '.TW..', witnesses: '.T...' }],
  ['edit', 'entry 17', edit(17), { database: 'A....', key: '.TW..', witnesses: '.T...' }],
  ['edit', 'entry 18', edit(18), { database: 'A....', key: '..W..', witnesses: '.....' }],
  ['edit', 'entry 21', edit(21), { database: 'A....', key: '..W..', witnesses: '.....' }],
  ['edit', 'entry 22', edit(22), { database: 'A....', key: '.....', witnesses: '.....' }],
  ['delete', 'entry 0', remove(0), { database: 'A..B.', key: '.TWB.', witnesses: '.T.B.' }],
  ['delete', 'entry 11', remove(11), { database: 'A....', key: '.TW..', witnesses: '.T...' }],
  ['delete', 'entry 20', remove(20), { database: 'A....', key: '..W..', witnesses: '.....' }],
  ['delete', 'entry 23', remove(23), { database: 'A....', key: '.....', witnesses: '.....' }],
  ['reorder', '1 and 2', move(1, 2), { database: 'A..B.', key: '.TWB.', witnesses: '.T.B.' }],
  ['reorder', '11 to 13', move(11, 13), { database: 'A....', key: '.TW..', witnesses: '.T...' }],
  ['reorder', '22 and 23', move(22, 23), { database: 'A....', key: '.....', witnesses: '.....' }],
  ['cut', 'to 23', cut(23), { database: 'A....', key: '.....', witnesses: '.....' }],
  ['cut', 'to 20', cut(20), { database: 'A....', key: '..W..', witnesses: '.....' }],
  ['cut', 'to 18', cut(18), { database: 'A....', key: '..W..', witnesses: '.....' }],
  ['cut', 'to 17', cut(17), { database: 'A....', key: '.TW..', witnesses: '.T...' }],
  ['cut', 'to 1', cut(1), { database: 'A..B.', key: '.TWB.', witnesses: '.T.B.' }],
  ['cut', 'to nothing', cut(0), { database: 'A..B.', key: '.TWB.', witnesses: '.T.B.' }],
  ['backdate', 'after 12', slip(12), { database: 'A....', key: '.TW..', witnesses: '.T...' }],
  ['backdate', 'after 0', slip(0), { database: 'A..B.', key: '.TWB.', witnesses: '.T.B.' }],
  ['backdate', 'after 21', slip(21), { database: 'A....', key: '.....', witnesses: '.....' }],
  ['lie', 'at the end', lie, { database: '.....', key: '.....', witnesses: '.....' }],
]

describe('who notices what', () => {
  for (const [tool, where, change, expected] of TABLE) {
    it(`${tool}, ${where}`, () => {
      const found = POWERS.map((power) => [power, letters(run(tool, power, change))])
      expect(Object.fromEntries(found)).toEqual(expected)
    })
  }

  it('nobody, as long as nothing was done', () => {
    for (const power of POWERS) expect(letters(run('edit', power, []))).toBe('.....')
  })

  it('a fork is noticed by two who compare, and by those who remember and see the false one', () => {
    const fork = (power: Power, ...shown: Party[]): string =>
      letters(run('fork', power, edit(12), shown))
    expect(fork('key', 'auditor')).toBe('....N')
    expect(fork('key', 'buyer')).toBe('....N')
    expect(fork('key', 'tablet')).toBe('.T..N')
    expect(fork('key', 'bakery')).toBe('....N')
    expect(fork('key', 'carrier')).toBe('..W.N')
    expect(fork('witnesses', 'carrier')).toBe('....N')
    expect(fork('database', 'auditor')).toBe('A....')
    expect(fork('database', 'tablet')).toBe('.....')
    // Everybody is shown the same false record: then there is nothing to compare.
    const all: Party[] = ['auditor', 'tablet', 'buyer', 'carrier', 'insurer', 'bakery']
    expect(fork('key', ...all)).toBe('.TW..')
    expect(letters(run('fork', 'key', remove(12), ['auditor']))).toBe('....N')
    // A shorter beginning is no lie, only old.
    expect(letters(run('fork', 'key', cut(20), ['auditor']))).toBe('.....')
  })
})

describe('what they find', () => {
  const hash = expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) as unknown

  it('names the place, and the seals before and after', () => {
    const found = run('edit', 'database', edit(12)).auditor
    expect(found).toEqual({ code: 'changed', index: 12, before: hash, after: hash })
    expect('before' in found && found.before).not.toBe('after' in found && found.after)
    const rewritten = run('edit', 'key', edit(12)).tablet
    expect(rewritten).toEqual({ code: 'rewritten', size: 18, index: 12, before: hash, after: hash })
  })

  it('tells removed, slipped in, moved and cut off apart', () => {
    const audited = (tool: Tool, change: Change): unknown => run(tool, 'database', change).auditor
    expect(audited('delete', remove(12))).toMatchObject({ code: 'missing', index: 12 })
    expect(audited('backdate', slip(12))).toMatchObject({ code: 'extra', index: 13 })
    expect(audited('reorder', move(3, 5))).toMatchObject({ code: 'moved', index: 3, sealed: 4 })
    expect(audited('cut', cut(20))).toMatchObject({ code: 'missing', index: 20 })
  })

  it('each witness answers for what it has seen itself', () => {
    const answers = (change: Change): string[] =>
      run('edit', 'key', change).witness.answers.map(({ id, code }) => `${id} ${code}`)
    const rewritten = 'history-rewritten'
    expect(answers(edit(20))).toEqual([
      `carrier ${rewritten}`,
      'insurer cosigned',
      'bakery cosigned',
    ])
    expect(answers(edit(15))).toEqual([
      `carrier ${rewritten}`,
      `insurer ${rewritten}`,
      'bakery cosigned',
    ])
    expect(run('edit', 'key', edit(20)).witness).toMatchObject({ cosigned: 2, witnessed: true })
    expect(run('edit', 'key', edit(15)).witness).toMatchObject({ cosigned: 1, witnessed: false })
    const cutOff = run('cut', 'key', cut(17)).witness.answers.map(({ code }) => code)
    expect(cutOff).toEqual(['smaller-size', 'smaller-size', 'cosigned'])
  })

  it('a refusal and a comparison leave a proof that anybody can check', () => {
    const { witness } = run('edit', 'key', edit(5))
    const { neighbours } = run('fork', 'key', edit(5), ['auditor'])
    const proofs = witness.answers.map((answer) => ('fork' in answer ? answer.fork : null))
    if (neighbours.code === 'fork') proofs.push(neighbours.proof)
    expect(proofs).toHaveLength(4)
    for (const proof of proofs) {
      expect(verifyForkProof(proof ?? '', keys.log.vkey, tools)).toMatchObject({ ok: true })
    }
  })

  it('a head that somebody else signed is refused by all who check a signature', () => {
    const stranger = makeKeys(sha256(utf8('another secret')))
    const forged = openLab(story(), stranger).truth
    expect(audit(forged, keys)).toEqual({ code: 'unsigned' })
  })

  it('a lie is in the log as well as any truth: sealed, signed, cosigned', () => {
    const experiment: Experiment = { tool: 'lie', power: 'database', changes: [lie], shown: [] }
    expect(changedView(lab, experiment).heads.map(({ size }) => size)).toEqual([
      6, 12, 18, 22, 24, 25,
    ])
    const { witness, auditor } = runChecks(lab, experiment)
    expect(witness).toMatchObject({ cosigned: 3, witnessed: true })
    expect(auditor).toMatchObject({ code: 'fits', size: 25 })
  })
})

describe('what a device keeps', () => {
  it('is read back as it was written, and refused when it is anything else', () => {
    const changes = [edit(3), remove(4), move(5, 6), cut(9), slip(2), lie]
    expect(parseChanges(JSON.parse(JSON.stringify(changes)))).toEqual(changes)
    for (const wrong of [
      null,
      {},
      [{ kind: 'edit', id: -1, what: '' }],
      [{ kind: 'edit', id: 1, what: 'x'.repeat(161) }],
      [{ kind: 'edit', id: 1, what: '\ud800' }],
      [{ kind: 'insert', after: 1, id: 100, at: 'noon', what: '' }],
      [{ kind: 'burn', id: 1 }],
      Array.from({ length: 61 }, () => cut(9)),
    ]) {
      expect(parseChanges(wrong)).toBeUndefined()
    }
  })

  it('a change of a row that is not there changes nothing', () => {
    const { rows } = changedView(lab, {
      tool: 'edit',
      power: 'database',
      changes: [remove(99), move(99, 1), move(3, 99), { ...slip(99), id: 101 } as Change],
      shown: [],
    })
    expect(rows).toHaveLength(STORY_ENTRIES)
    expect(rows).toEqual(lab.truth.rows)
  })
})
