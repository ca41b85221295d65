import { describe, expect, it } from 'vitest'
import { includes } from '../../../engine/integrity/merkle.ts'
import { defenderMoves } from '../../../range/exercise/robots.ts'
import type { AttackerView, DefenderIncident, DefenderView } from '../../../range/protocol/view.ts'
import { optionsOf, Play } from './rig.ts'

describe('a book that is bent', () => {
  const play = new Play(optionsOf('i4', 5))
  play.seat('magpie', 'attacker')
  play.seat('heron', 'defender')
  play.seat('finch', 'customer')
  play.start()
  const view = (): DefenderView => play.run.view('heron') as DefenderView
  const ofBook = (): DefenderIncident | undefined =>
    view().incidents.find((one) => one.lead.includes('device:book'))
  let minute = 46
  const show = (seat: string): string => JSON.stringify(play.run.view(seat))

  it('[B10] defenders see the witnesses, nobody else anything; found and named within a minute', () => {
    play.until(minute)
    expect(view().book).toMatchObject({ frozen: false, change: null, proof: null })
    expect(view().book!.witnesses.map((one) => one.verdict)).toEqual(Array(4).fill('good'))
    const params = { way: 'edit', stealth: 0 }
    play.move('magpie', { kind: 'Launch', technique: 'I4', params, startInMinutes: 0 })
    while (ofBook() === undefined && minute < 56) play.until((minute += 0.5))
    play.until((minute += 0.5))
    const { book } = view()
    const incident = ofBook()!
    const [change] = play.outputs.flatMap((one) =>
      one.happened.filter(({ event }) => event.kind === 'BookChanged'),
    )
    expect(incident.opened - change!.at).toBeLessThanOrEqual(70_000)
    expect(incident).toMatchObject({ attack: 'I4', family: 'insider', kinds: ['I'], severity: 5 })
    expect(incident.title).toMatch(/^Entry \d+ of the book is not what \w+ kept$/)
    const { before, after, by } = book!.change!
    expect(after).toEqual({ ...before, amountMinor: after!.amountMinor })
    expect(after!.amountMinor).toBeLessThan(before!.amountMinor)
    expect(by.length).toBeGreaterThanOrEqual(3)
    expect(incident.playbook.map((one) => [one.action.kind, one.recommended])).toEqual([
      ['FreezeBook', true],
      ['ProveChange', true],
      ['RebuildBook', true],
      ['ThawBook', false],
    ])
    for (const seat of ['magpie', 'finch'])
      expect(show(seat)).not.toMatch(/witness|"proof"|device:/)
    const { runs } = play.run.view('magpie') as AttackerView
    expect(runs[0]).toMatchObject({ technique: 'I4', seen: 'i4.running' })
    expect(runs[0]!.seenParams['changes']).toBeGreaterThan(0)
  })

  it('[B10] a machine defender freezes, proves and rebuilds; recovery is hashed, not assumed', () => {
    const answer = (): void => {
      for (const move of defenderMoves(view())) play.move('heron', move)
    }
    for (const until = minute + 4; minute < until; minute += 0.5) {
      play.until(minute)
      answer()
    }
    play.until(minute + 5)
    const { book, decisions } = view()
    const incident = ofBook()!
    expect(decisions.map((one) => `${one.action} ${one.effect}`)).toEqual([
      'FreezeBook verified',
      'ProveChange verified',
      'RebuildBook verified',
    ])
    expect(incident.checks).toEqual([
      { check: 'book-agrees', ok: true },
      { check: 'quiet', ok: true },
    ])
    expect(incident.status).toBe('recovered')
    const { index, before, path } = book!.proof!
    expect(includes(book!.proof!, index, before!, path)).toBe(true)
    expect(book).toMatchObject({ frozen: true, change: null })
    const lines = play.run.score().filter((one) => one.team === 'defenders')
    const why = lines.map((one) => one.why)
    expect(why).toEqual(expect.arrayContaining(['book-frozen', 'book-rebuilt', 'change-proven']))
  })

  it('[B10] it opens the account again when the attack has had time to meet a shut door', () => {
    for (const until = minute + 30; minute < until; minute += 0.5) {
      play.until(minute)
      for (const move of defenderMoves(view())) play.move('heron', move)
    }
    expect(view().book).toMatchObject({ frozen: false, change: null })
    expect(view().book!.witnesses.map((one) => one.verdict)).toEqual(Array(4).fill('good'))
    const { decisions } = view()
    expect(decisions.map((one) => one.action)).toEqual([
      'FreezeBook',
      'ProveChange',
      'RebuildBook',
      'ThawBook',
    ])
    expect(decisions[3]!.at - decisions[2]!.at).toBeGreaterThanOrEqual(20 * 60_000)
    expect(decisions[3]!.at - decisions[2]!.at).toBeLessThan(22 * 60_000)
    const { runs } = play.run.view('magpie') as AttackerView
    expect(runs[0]!.seen).not.toBe('i4.running')
  })
})
