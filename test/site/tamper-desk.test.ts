import { describe, expect, it } from 'vitest'
import { toBase64, utf8 } from '../../range/ledger/bytes.ts'
import { sha256 } from '../../range/ledger/sha256.ts'
import { applyChanges, TOOLS, type Change, type Tool } from '../../site/tamper/change.ts'
import { CHECKERS, type Checker } from '../../site/tamper/finding.ts'
import { foreseen, lessonOf, nextTry, withTry, type Tried } from '../../site/tamper/lesson.ts'
import { isChanged, linesOf } from '../../site/tamper/lines.ts'
import { remembers } from '../../site/tamper/memories.ts'
import { parseNotes } from '../../site/tamper/notes.ts'
import { makeKeys, rowsOf } from '../../site/tamper/record.ts'
import { POWERS, type Power } from '../../site/tamper/scene.ts'
import { story } from '../../site/tamper/story.ts'

const keys = makeKeys(sha256(utf8('another secret for tests')))
const truth = rowsOf(story().slice(0, 5), keys)
/** Rows by id, `*` before what was marked, `-` for what is gone. */
function shown(tool: Tool, ...changes: Change[]): string {
  const rows = applyChanges(truth, changes, keys)
  return linesOf(truth, rows, changes, tool)
    .map((line) =>
      line.kind === 'cut'
        ? `cut ${line.count}`
        : line.kind === 'gone'
          ? `-${line.row.id}`
          : `${line.mark === null ? '' : '*'}${line.row.id}`,
    )
    .join(' ')
}
const slip: Change = { kind: 'insert', after: 1, id: 100, at: '09:00', what: 'x' }

describe('the list as the learner sees it', () => {
  it('marks what was done, and keeps the trace of what is gone', () => {
    expect(shown('edit')).toBe('0 1 2 3 4')
    expect(shown('edit', { kind: 'edit', id: 2, what: 'x' })).toBe('0 1 *2 3 4')
    expect(shown('delete', { kind: 'delete', id: 0 })).toBe('-0 1 2 3 4')
    expect(shown('delete', { kind: 'delete', id: 1 }, { kind: 'delete', id: 2 })).toBe(
      '0 -1 -2 3 4',
    )
    expect(shown('reorder', { kind: 'move', id: 3, to: 1 })).toBe('0 *3 1 2 4')
    expect(shown('backdate', slip)).toBe('0 1 *100 2 3 4')
    expect(shown('cut', { kind: 'cut', size: 2 })).toBe('0 1 cut 3')
  })

  it('takes no change for a change that puts everything back', () => {
    const changes: Change[] = [
      { kind: 'move', id: 3, to: 1 },
      { kind: 'move', id: 3, to: 3 },
    ]
    expect(isChanged(truth, applyChanges(truth, changes, keys))).toBe(false)
    expect(isChanged(truth, applyChanges(truth, changes.slice(0, 1), keys))).toBe(true)
  })

  it('draws each memory down to the last entry that it holds', () => {
    expect([0, 1, 2].map((i) => remembers('receipt', i))).toEqual(['beyond', 'end', 'beyond'])
    expect([0, 11, 12].map((i) => remembers('bakery', i))).toEqual(['held', 'end', 'beyond'])
    expect([20, 21, 22].map((i) => remembers('carrier', i))).toEqual(['held', 'end', 'beyond'])
  })
})

describe('what a try teaches', () => {
  const by = (...who: Checker[]) =>
    Object.fromEntries(CHECKERS.map((one) => [one, who.includes(one)])) as Record<Checker, boolean>
  const lesson = (tool: Tool, power: Power, ...who: Checker[]): string =>
    lessonOf({ tool, power }, by(...who))

  it('follows from who noticed', () => {
    expect(lesson('lie', 'witnesses')).toBe('lie')
    expect(lesson('edit', 'database', 'auditor')).toBe('database')
    expect(lesson('edit', 'key', 'witness')).toBe('key')
    expect(lesson('edit', 'key')).toBe('unseen')
    expect(lesson('fork', 'key', 'neighbours')).toBe('fork')
    expect(lesson('cut', 'witnesses', 'tablet')).toBe('witnesses')
    expect(lesson('cut', 'witnesses')).toBe('all-lost')
  })

  it('counts all five, the silent ones too', () => {
    expect(foreseen(['auditor'], by('auditor'))).toBe(5)
    expect(foreseen(['nobody'], by())).toBe(5)
    expect(foreseen(['nobody'], by('tablet', 'witness'))).toBe(3)
    expect(foreseen(['auditor'], by('tablet'))).toBe(3)
  })

  it('leads through every tool and power once', () => {
    let tried: readonly Tried[] = []
    for (let i = 0; i < TOOLS.length * POWERS.length; i++) {
      const next = nextTry(tried)!
      tried = withTry(tried, { ...next, noticed: [], foreseen: 5 })
    }
    expect(new Set(tried.map(({ tool, power }) => `${tool} ${power}`)).size).toBe(21)
    expect(nextTry(tried)).toBeUndefined()
    expect(withTry(tried, { ...tried[3]!, foreseen: 1 })).toHaveLength(21)
  })
})

describe('the notes of a device', () => {
  const notes = {
    secret: toBase64(sha256(utf8('s'))),
    tool: 'fork',
    power: 'key',
    changes: [slip],
    shown: ['auditor', 'carrier'],
    tried: [{ tool: 'edit', power: 'key', noticed: ['tablet'], foreseen: 4 }],
  }
  it('are read back as they were written', () => {
    expect(parseNotes(JSON.stringify(notes))).toEqual(notes)
  })
  it('are refused when anything in them is strange', () => {
    for (const wrong of [
      undefined,
      'no json',
      'null',
      JSON.stringify({ ...notes, secret: 'short' }),
      JSON.stringify({ ...notes, tool: '__proto__' }),
      JSON.stringify({ ...notes, power: 7 }),
      JSON.stringify({ ...notes, changes: [{}] }),
      JSON.stringify({ ...notes, shown: ['everybody'] }),
      JSON.stringify({ ...notes, tried: [null] }),
      JSON.stringify({ ...notes, tried: [{ tool: 'edit', power: 'key', noticed: ['me'] }] }),
    ]) {
      expect(parseNotes(wrong)).toBeUndefined()
    }
  })
})
