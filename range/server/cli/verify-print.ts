import type { GroundModel } from '../../../engine/verify/ground.ts'
import type { Bound, Verdict } from '../../../engine/verify/prover.ts'
import { storyOf } from '../../../engine/verify/story.ts'

/** A verdict as a page of text: what holds and how far, or the story of how it breaks. */
export function tell(
  model: GroundModel,
  verdict: Exclude<Verdict, { kind: 'refused' }>,
  seconds: number,
): string {
  const { workflow, without } = model
  const off = workflow.controls.filter(({ key }) => without.includes(key))
  const name = [workflow.title, ...off.map(({ title }) => `without “${title}”`)].join(', ')
  const counts = `${number(verdict.states)} states, ${number(verdict.transitions)} steps between them`
  const searched = verdict.kind === 'violated' || verdict.bound.kind === 'all-states'
  const spent = `${seconds.toFixed(2)} s`
  const lines =
    verdict.kind === 'proved'
      ? [
          `${name}: proved`,
          '',
          ...holds(model, verdict),
          '',
          searched ? `${counts}, ${spent}` : spent,
        ]
      : [`${name}: does not hold`, '', ...breaks(model, verdict), '', `${counts} seen, ${spent}`]
  return `${lines.join('\n')}\n`
}

function holds(model: GroundModel, verdict: Extract<Verdict, { kind: 'proved' }>): string[] {
  const { workflow } = model
  const lines = workflow.properties.map(({ title }) => `  holds     ${title}`)
  for (const { key, trace } of verdict.reachable) {
    const steps = trace === null ? 'NEVER' : `in ${trace.length} steps`
    lines.push(`  possible  ${key.replaceAll('-', ' ')}: ${steps}`)
  }
  for (const key of verdict.idle) lines.push(`  nobody ever can: ${key.replaceAll('-', ' ')}`)
  if (verdict.cut > 0)
    lines.push(`  ${number(verdict.cut)} steps would leave the range of a number: not taken`)
  return [...lines, '', `Bound: ${bound(verdict.bound, model)}.`]
}

function bound(of: Bound, { workflow }: GroundModel): string {
  switch (of.kind) {
    case 'all-states': {
      const things = workflow.things.map(({ key, count }) => `${count} × ${key}`)
      const within = [...things, `${workflow.actors.length} people and systems`].join(', ')
      return `every state that can be reached, with ${within}`
    }
    case 'steps':
      return `every way of at most ${of.steps} steps`
    case 'inductive':
      return `any number of steps (by induction over ${of.depth})`
  }
}

function breaks(model: GroundModel, verdict: Extract<Verdict, { kind: 'violated' }>): string[] {
  const property = model.workflow.properties.find(({ key }) => key === verdict.property)
  const lines = [
    `Broken: ${property?.title ?? verdict.property}.`,
    `  ${property?.reading ?? ''}`,
    '',
    verdict.trace.length === 0
      ? 'It is broken from the start.'
      : `The shortest way, ${verdict.trace.length} steps:`,
  ]
  storyOf(model, verdict.trace).forEach((step, n) => {
    const who = step.attacker ? `${step.role}, attacker` : step.role
    lines.push(`${String(n + 1).padStart(4)}. ${step.says} (${who})`)
    for (const { label, from, to } of step.changes) lines.push(`        ${label}: ${from} → ${to}`)
  })
  return lines
}

function number(n: number): string {
  return n.toLocaleString('en')
}
