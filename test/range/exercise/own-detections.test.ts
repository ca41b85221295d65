import { describe, expect, it } from 'vitest'
import type { Alert } from '../../../engine/alert/alert.ts'
import { debriefOf } from '../../../range/exercise/debrief.ts'
import { replay } from '../../../range/exercise/replay.ts'
import type { Answer, BackTestReport } from '../../../range/protocol/detection.ts'
import type { Move } from '../../../range/protocol/move.ts'
import type { DefenderView } from '../../../range/protocol/view.ts'
import { exportCsv, exportJson } from '../../../range/server/export.ts'
import { defaultsOf, fillIn, TEMPLATES } from '../../../site/exercise/defender/own/templates.ts'
import { optionsOf, Play } from './rig.ts'

const TEXTS = TEMPLATES.map((template) => fillIn(template, defaultsOf(template)))
/** Rules and formulas that have something to say within a few minutes. */
const BUSY = [
  `title: Any payment\nlogsource: {category: payment}\ndetection: {s: {class_uid: 99901}, condition: s}
level: medium\ndoorstep: {family: payment, lead: ['card:{payment.card.token}']}\n`,
  `title: A request and another\nfamily: shop\nformula: |
  http(i, s, q, p, c) AND (n <- CNT z; i (ONCE[0,3m] (http(i, s, q, z, c)))) AND n >= 4
message: "{i} asked for {n} pages."\nlead: ["ip:{i}"]\nseverity: 3\nsuppressFor: 60\n`,
  `title: The last page of a visitor\nfamily: delivery\nformula: |
  http(i, s, q, p, c) AND NOT (EVENTUALLY[1,120] (EXISTS t, u, v, w. http(i, t, u, v, w)))
message: "{i} looked at {p} and left."\nlead: ["ip:{i}"]\nseverity: 2\n`,
]

function answerOf(work: Generator<void, Answer>): Answer {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}
function reportOf(answer: Answer): BackTestReport {
  if (answer.kind !== 'BackTested') throw new Error(JSON.stringify(answer))
  return answer
}
const START = 4
const END = 15
const ATTACKS: readonly Move[] = ['W1', 'P2'].map((technique) => ({
  kind: 'Launch',
  technique,
  params: { stealth: 0 },
  startInMinutes: 0,
}))

/** One game; `switching` is what a defender does with detections, by town minute. */
function game(switching: Readonly<Record<number, readonly Move[]>>) {
  const play = new Play(optionsOf('market-day', 12))
  play.seat('magpie', 'attacker')
  play.seat('heron', 'defender')
  play.seat('finch', 'customer')
  play.start()
  const views: string[] = []
  const outcomes: ReturnType<Play['move']>[] = []
  for (let minute = 0; minute < END; minute++) {
    if (minute === START) for (const move of ATTACKS) play.move('magpie', move)
    for (const move of switching[minute] ?? []) outcomes.push(play.move('heron', move))
    play.until(minute + 1)
    for (const seat of ['magpie', 'finch']) views.push(JSON.stringify(play.run.view(seat)))
    views.push(JSON.stringify(play.run.screenView()))
  }
  return { play, views, outcomes }
}
const on = (text: string, detection?: string): Move => {
  return { kind: 'SwitchOnDetection', text, ...(detection === undefined ? {} : { detection }) }
}
const off = (detection: string): Move => ({ kind: 'SwitchOffDetection', detection })

const ALL = [...TEXTS, ...BUSY]
const plain = game({})
const whole = game({ 0: ALL.map((text) => on(text)) })
const changing = game({
  0: [on(BUSY[0]!), on(BUSY[1]!)],
  5: [off('own-1'), on(BUSY[2]!)],
  8: [{ kind: 'SwitchOnDetection', detection: 'own-1' }, on(TEXTS[0]!, 'own-2')],
})
const alertsOf = ({ play }: typeof plain): Alert[] =>
  play.outputs.flatMap(({ alerts }) => alerts.filter(({ id }) => id.startsWith('own-')))
const told = (alert: Alert) => ({
  at: alert.time,
  title: alert.title,
  sentence: alert.explanation?.sentence ?? null,
})

describe('detections that a team writes', () => {
  it('[X18] a back-test says what the same text raises live over the same telemetry', () => {
    const live = alertsOf(whole)
    let raised = 0
    for (const [i, text] of ALL.entries()) {
      const report = reportOf(answerOf(whole.play.run.backTest(text)))
      const own = live.filter(({ detector }) => detector.startsWith(`own-${i + 1}:`))
      expect(report.alerts).toBe(own.length)
      expect(report.columns.reduce((sum, count) => sum + count, 0)).toBe(own.length)
      expect(report.shown.map(({ at, title, sentence }) => ({ at, title, sentence }))).toEqual(
        own.slice(0, 50).map(told),
      )
      if (report.stopped === null) expect(report.events).toBe(whole.play.run.state.telemetry.length)
      raised += own.length
    }
    expect(raised).toBeGreaterThan(60)
  })

  it('[X18] a back-test changes nothing, gives way, and tells mistakes at their place', () => {
    const before = JSON.stringify(plain.play.run.view('heron'))
    const work = plain.play.run.backTest(BUSY[1]!)
    let steps = 0
    while (!work.next().done) steps++
    expect(steps).toBeGreaterThan(20)
    expect(answerOf(plain.play.run.backTest('formula: x\nfamily: shop'))).toMatchObject({
      kind: 'Mistakes',
      mistakes: expect.arrayContaining([expect.objectContaining({ line: 1 })]) as unknown,
    })
    expect(JSON.stringify(plain.play.run.view('heron'))).toBe(before)
  })

  it('[X17] switched on and off in the middle, an exercise replays to the same digests', () => {
    expect(changing.outcomes.every(({ ok }) => ok)).toBe(true)
    const digests = changing.play.outputs.map(({ digest }) => digest)
    const again: string[] = []
    const { inputs, run } = changing.play
    const back = replay(optionsOf('market-day', 12), inputs, run.now(), ({ digest }) =>
      again.push(digest),
    )
    expect(again).toEqual(digests)
    expect(JSON.stringify(back.view('heron'))).toBe(JSON.stringify(run.view('heron')))
    expect(digests).not.toEqual(plain.play.outputs.map(({ digest }) => digest))
  })

  it('[X19] nobody else sees, scores or raises anything different', () => {
    for (const other of [whole, changing]) {
      expect(other.views).toEqual(plain.views)
      expect(other.play.run.score()).toEqual(plain.play.run.score())
      expect(other.play.run.truth()).toEqual(plain.play.run.truth())
      expect(other.play.run.state.incidents).toEqual(plain.play.run.state.incidents)
      expect(other.play.telemetry()).toEqual(plain.play.telemetry())
    }
  })

  it('[X17] the desk lists them, marks their incidents, and the timeline tells of switching', () => {
    const view = changing.play.run.view('heron') as DefenderView
    expect(view.detections.map(({ id, title, on: isOn, by }) => [id, title, isOn, by])).toEqual([
      ['own-1', 'Any payment', true, 'heron'],
      ['own-2', 'Somebody asks for admin', true, 'heron'],
      ['own-3', 'The last page of a visitor', true, 'heron'],
    ])
    const own = view.incidents.filter((incident) => incident.own !== undefined)
    expect(own.length).toBeGreaterThan(0)
    expect(own[0]!.id).toMatch(/^own-i-/)
    expect(view.incidents.filter(({ id }) => !id.startsWith('own-')).every((one) => !one.own)).toBe(
      true,
    )
    const lane = changing.play.run.trainerView({})
    if (lane.role !== 'trainer') throw new Error('no trainer')
    const labels = lane.lanes.find(({ id }) => id === 'decisions')!.items.map(({ label }) => label)
    expect(labels).toEqual([
      'detection-on',
      'detection-on',
      'detection-off',
      'detection-on',
      'detection-on',
      'detection-on',
    ])
  })

  it('[N41] exports tell of switching, and not who did it', () => {
    const { run, inputs } = changing.play
    const debrief = debriefOf(run.state)
    const [csv, json] = [exportCsv(debrief), exportJson(debrief, inputs)]
    expect(csv).toContain('detection on,title: Any payment')
    expect(json).toContain('"label": "detection-off"')
    for (const text of [csv, json]) expect(text).not.toMatch(/by"?: "?heron/)
  })

  it('[X17] an incident of one’s own is taken, answered and set aside like any other', () => {
    const { play } = whole
    const [first] = play.run.state.ownIncidents
    expect(play.move('heron', { kind: 'TakeIncident', incident: first!.id })).toMatchObject({
      ok: true,
    })
    const answer = play.move('heron', {
      kind: 'DismissIncident',
      incident: first!.id,
      reason: 'a drill',
    })
    expect(answer.ok).toBe(true)
  })

  it('[X17] refuses what is not the side’s, not known, on already, wrong, or one too many', () => {
    const play = new Play(optionsOf('market-day', 3))
    for (const [seat, role] of [
      ['magpie', 'attacker'],
      ['heron', 'defender'],
      ['finch', 'customer'],
    ] as const)
      play.seat(seat, role)
    const text = (n: number): string => BUSY[0]!.replace('Any', `Any ${n}`)
    expect(play.move('heron', on(text(0)))).toEqual({ ok: false, reason: 'paused' })
    play.start()
    for (const seat of ['magpie', 'finch'])
      for (const move of [on(text(0)), off('own-1')])
        expect(play.move(seat, move)).toEqual({ ok: false, reason: 'not-your-role' })
    const refused = (move: Move): unknown => {
      const outcome = play.move('heron', move)
      return outcome.ok || outcome.reason
    }
    expect(refused(off('own-1'))).toBe('no-such-detection')
    expect(refused(on(text(0), 'own-7'))).toBe('no-such-detection')
    expect(refused(on('title: nothing'))).toBe('bad-detection')
    for (let n = 0; n < 12; n++) expect(refused(on(text(n)))).toBe(true)
    expect(refused(on(text(3)))).toBe('on-already')
    expect(refused(on(text(12)))).toBe('too-many-detections')
    expect(refused(off('own-1'))).toBe(true)
    expect(refused(off('own-1'))).toBe('off-already')
    expect(refused(on(text(12)))).toBe(true)
    for (let n = 13; n < 40; n++) {
      play.move('heron', off(`own-${n}`))
      play.move('heron', on(text(n)))
    }
    const { detections } = play.run.view('heron') as DefenderView
    expect(detections).toHaveLength(24)
    expect(detections.filter((one) => one.on)).toHaveLength(12)
  })
})
