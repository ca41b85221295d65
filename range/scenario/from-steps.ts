import { stringify } from 'yaml'
import { playOf, type Counterexample, type Play } from './playable.ts'

export type Played =
  | { readonly ok: true; readonly play: Exclude<Play, { kind: 'not-yet' }>; readonly text: string }
  | { readonly ok: false; readonly reason: string }

/** Virtual minute at which a crew begins; what a scenario lasts, in minutes of the room. */
const BEGINS = 6
const LENGTH = 20
const SPEED = 4

/**
 * A counterexample as the text of a scenario in which it is played, with the same controls off: by
 * the attack of the catalogue that goes the same way, or by a customer's hand. `techniques` are
 * those that exist. Says why where the range cannot play it.
 */
export function scenarioFromSteps(found: Counterexample, techniques: readonly string[]): Played {
  const play = playOf(found, techniques)
  if (play.kind === 'not-yet') return { ok: false, reason: reasonOf(play) }
  return { ok: true, play, text: textOf(found, play) }
}

function reasonOf({ lacks, what }: Extract<Play, { kind: 'not-yet' }>): string {
  switch (lacks) {
    case 'way':
      return 'the range knows no attack that goes this way'
    case 'control':
      return `the range's world has no control ${what} to switch off`
    case 'attack':
      return `the range has no attack ${what} yet`
  }
}

function textOf(
  { workflow, without, property, steps }: Counterexample,
  play: Exclude<Play, { kind: 'not-yet' }>,
): string {
  const off = workflow.controls.filter(({ key }) => without.includes(key))
  const broken = workflow.properties.find(({ key }) => key === property)
  const titles = off.map(({ title }) => title.toLowerCase()).join(', ')
  const story = steps.map(({ says }, n) => `${n + 1}. ${says}`).join(' ')
  const head = `# Made of a counterexample: ${workflow.slug} without ${without.join(', ')} breaks ${property}.\n`
  const body = {
    title: `Without ${titles}`.slice(0, 60),
    summary:
      `Proved to break: ${broken?.reading ?? ''} The attack is the shortest way there.`.slice(
        0,
        400,
      ),
    length: LENGTH,
    speed: SPEED,
    world: { controls: Object.fromEntries(without.map((key) => [key, false])) },
    ...(play.kind === 'attack' ? attackOf(play) : {}),
    injects: [
      {
        id: 'shortest-way',
        title: 'The shortest way',
        about: 'What the proof says is possible now.',
        tone: 'hint',
        message: { to: ['defender'], text: story.slice(0, 400) },
        preview: { defender: 'The steps of the counterexample.' },
      },
    ],
  }
  return head + stringify(body, { lineWidth: 100 })
}

function attackOf({ technique, params }: Extract<Play, { kind: 'attack' }>) {
  return {
    palette: [technique],
    attacks: [{ technique, at: BEGINS, params }],
    playbooks: [{ attack: technique, file: `${technique.toLowerCase()}.json`, automatic: false }],
  }
}
