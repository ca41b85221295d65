import { describe, expect, test } from 'vitest'
import { readWorkflow } from '../../../engine/verify/read.ts'

const GOOD = `workflow: small
title: Small
about: A small one.
controls:
  lock: { title: Lock, about: it locks }
roles: { clerk: works, guest: visits }
actors:
  ann: { name: Ann, roles: [clerk] }
  eve: { name: Eve, roles: [guest], attacker: wants it }
things: { box: { count: 2, name: "box {n}" } }
state:
  stage: { per: box, is: shut | open }
  owner: { per: box, is: clerk | none }
  level: { is: 0..3 }
actions:
  open:
    who: [clerk, guest]
    with: { b: box }
    when: stage[b] = shut
    controls: { lock: actor is clerk }
    set:
      stage[b]: open
    says: "{actor} opens {b}."
    reports: ["opened(b, actor)"]
properties:
  safe: { title: Safe, reading: safe, always: "some box b has stage[b] = shut" }
`

/** What is wrong with the text after one change: `line:column message (correction)`. */
function mistakes(from: string, to: string): string[] {
  expect(GOOD).toContain(from)
  const read = readWorkflow(GOOD.replace(from, to))
  return read.ok
    ? []
    : read.diagnostics.map(
        ({ line, column, message, correction }) =>
          `${line}:${column} ${message}${correction === undefined ? '' : ` (${correction})`}`,
      )
}

test('[V1] a right document has no mistakes', () => {
  const read = readWorkflow(GOOD)
  expect(read.ok ? read.value.actions[0]?.parameters : read.diagnostics).toEqual([
    { name: 'b', sort: { kind: 'thing', thing: 'box', optional: false } },
  ])
})

const FORM = [
  ['an unknown key', 'about: A', 'abuot: A', ['1:1 about is missing', '3:1 .*`abuot` .about']],
  ['a key inside', 'who: [clerk', 'hwo: [clerk', ['actions.open.who', '17:5 .*`hwo` .who']],
  ['broken YAML', 'roles: { clerk', 'roles: } clerk', ['6:8 ']],
  ['no number in a name', '"box {n}"', 'box', ['10:.*write `{n}`']],
] as const
test.each(FORM)('[V1] form: %s', (_, from, to, wanted) => {
  const found = mistakes(from, to)
  for (const one of wanted) expect(found.join('\n')).toMatch(new RegExp(one))
})

const MEANING = [
  [
    'a role that is none',
    'roles: [guest], a',
    'roles: [gest], a',
    ['9:29 there is no role `gest` (guest)'],
  ],
  ['who', 'who: [clerk, guest]', 'who: [clerc, guest]', ['17:10 there is no role `clerc` (clerk)']],
  [
    'a word',
    'when: stage[b] = shut',
    'when: stage[b] = shot',
    ['19:22 `shot` is none of shut, open (shut)'],
  ],
  [
    'a state',
    'when: stage[b] = shut',
    'when: stag[b] = shut',
    ['19:11 the state has no `stag` (stage)'],
  ],
  [
    'no index',
    'when: stage[b] = shut',
    'when: stage = shut',
    ['19:11 `stage` has one value for each a box'],
  ],
  [
    'kinds',
    'when: stage[b] = shut',
    'when: stage[b] = level',
    ['19:11 one of shut, open is compared with a number'],
  ],
  [
    'none',
    'when: stage[b] = shut',
    'when: stage[b] = none',
    ['19:22 `none` is none of shut, open'],
  ],
  [
    'no condition',
    'when: stage[b] = shut',
    'when: level',
    ['19:11 this is a number, but true or false is wanted here'],
  ],
  [
    'a control',
    'controls: { lock: actor',
    'controls: { lok: actor',
    ['20:17 there is no control `lok` (lock)'],
  ],
  ['what is set', 'stage[b]: open', 'stage[c]: open', ['22:7 nothing is called `c` here']],
  [
    'a value set',
    'stage[b]: open',
    'owner[b]: actor',
    ['22:17 this may be none, or somebody, whom the state cannot hold here'],
  ],
  ['a sentence', '{actor} opens {b}', '{actor} opens {c}', ['23:27 nothing is called `c` here']],
  [
    'a report',
    'opened(b, actor)',
    'opened(b, acto)',
    ['24:26 nothing is called `acto` here (actor)'],
  ],
  ['a property', 'some box b has', 'some bx b has', ['26:53 there are no `bx` (box)']],
  [
    'a start',
    'level: { is: 0..3 }',
    'level: { is: 0..3, start: 4 }',
    ['14:29 4 is outside of what it may be'],
  ],
  [
    'a range',
    'level: { is: 0..3 }',
    'level: { is: 3..0 }',
    ['14:16 the second number is the larger one (0..3)'],
  ],
  [
    'a name taken',
    'with: { b: box }',
    'with: { ann: box }',
    ['18:13 `ann` already stands for something else'],
  ],
  [
    'a word of the language',
    'level: {',
    'implies: {',
    ['14:3 `implies` has a meaning of its own in expressions'],
  ],
] as const
test.each(MEANING)('[V2] [V3] meaning: %s', (_, from, to, wanted) => {
  const found = mistakes(from, to)
  for (const one of wanted) expect(found).toContain(one)
})

const SYNTAX = [
  ['stage[b] == shut', '20 `==` is not written here (=)'],
  ['stage[b] = shut && true', '27 `&&` is not written here (and)'],
  ['stage[b] = shut and', '30 expected a value but saw `the end`'],
  ['(stage[b] = shut', '27 expected `)` but saw `the end` ())'],
  ['stage[b] = shut level', '27 `level` does not fit here'],
  ['1 < level < 3', '21 comparisons do not chain (and)'],
  ['every box b stage[b] = shut', '23 expected `has` but saw `stage` (has)'],
  [`${'('.repeat(41)}true${')'.repeat(41)}`, '51 nested deeper than 40 levels'],
] as const
test.each(SYNTAX)('[V2] syntax: %s', (text, wanted) => {
  expect(mistakes('when: stage[b] = shut', `when: ${text}`)).toContain(`19:${wanted}`)
})

describe('[V1] several mistakes', () => {
  test('come together, in the order of the text', () => {
    const text = GOOD.replace('= shut\n    controls', '= shot\n    controls')
      .replace('lock: actor is clerk', 'lok: actor is clerc')
      .replace('opened(b, actor)', 'opened(b, actr)')
    const read = readWorkflow(text)
    const lines = read.ok ? [] : read.diagnostics.map(({ line }) => line)
    expect(lines).toEqual([19, 20, 20, 24])
  })
  test('a text beyond 256 KiB is refused', () => {
    const read = readWorkflow(`${GOOD}#${'x'.repeat(262_144)}`)
    expect(read.ok ? '' : read.diagnostics[0]?.message).toBe('longer than 256 KiB')
  })
})
