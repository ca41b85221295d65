import type { Draw } from './mfotl-random.ts'

/**
 * The text of a small random workflow: two things, three actors of two roles, five variables, two
 * controls, up to five actions and two properties.
 */
export function randomWorkflow(draw: Draw): string {
  const actions = Array.from({ length: 2 + draw(4) }, (_, n) => action(draw, n))
  return `workflow: random
title: A random workflow
about: Made by a draw.
controls:
  first: { title: First, about: one }
  second: { title: Second, about: two }
roles: { clerk: works, guest: visits }
actors:
  ann: { name: Ann, roles: [clerk] }
  bob: { name: Bob, roles: [clerk, guest]${draw(2) === 0 ? ', attacker: wants it all' : ''} }
  eve: { name: Eve, roles: [guest], attacker: wants it too }
things: { box: { count: 2, name: "box {n}" } }
state:
  stage: { per: box, is: open | shut | gone }
  level: { is: 0..${1 + draw(3)}, start: ${draw(2)} }
  flag: { is: true | false }
  owner: { per: box, is: clerk | none }
  last: { is: box | none }
actions:
${actions.join('')}properties:
  one: { title: One, reading: one, always: "${condition(draw, 2, false)}" }
  two: { title: Two, reading: two, always: "${condition(draw, 3, false)}" }
`
}

function action(draw: Draw, n: number): string {
  const guarded = draw(2) === 0 ? `    controls: { first: "${condition(draw, 1, true)}" }\n` : ''
  const sets = [
    `      stage[b]: ${pick(draw, ['open', 'shut', 'gone', 'stage[b]'])}\n`,
    `      level: ${pick(draw, ['level + 1', 'level - 1', '0', 'n'])}\n`,
    `      flag: ${pick(draw, ['true', 'not flag', 'level > 0', 'stage[b] = shut'])}\n`,
    `      owner[b]: ${pick(draw, ['none', 'ann', 'bob', 'owner[b]'])}\n`,
    `      last: ${pick(draw, ['b', 'none', 'last'])}\n`,
  ].filter(() => draw(2) === 0)
  return `  act-${n}:
    who: ${pick(draw, ['clerk', 'guest', '[clerk, guest]'])}
    with: { b: box, n: 0..1 }
    when: "${condition(draw, 2, true)}"
    honestly: "${condition(draw, 1, true)}"
${guarded}${sets.length === 0 ? '' : `    set:\n${sets.join('')}`}    says: "{actor} acts on {b} with {n}."
`
}

function condition(draw: Draw, depth: number, inAction: boolean): string {
  const go = (): string => condition(draw, depth - 1, inAction)
  if (depth > 0) {
    switch (draw(7)) {
      case 0:
        return `(${go()} and ${go()})`
      case 1:
        return `(${go()} or ${go()})`
      case 2:
        return `not (${go()})`
      case 3:
        return `(${go()} implies ${go()})`
      case 4:
        return `(${pick(draw, ['every', 'some', 'no'])} box x${depth} has ${leafOf(draw, `x${depth}`, inAction)})`
      default:
        break
    }
  }
  return inAction ? leafOf(draw, 'b', true) : `(every box y has ${leafOf(draw, 'y', false)})`
}

function leafOf(draw: Draw, box: string, inAction: boolean): string {
  const leaves = [
    `stage[${box}] ${pick(draw, ['=', '!=', '<', '>='])} ${pick(draw, ['open', 'shut', 'gone'])}`,
    `level ${pick(draw, ['=', '<=', '>', '!='])} ${draw(3)}`,
    'flag',
    `owner[${box}] ${pick(draw, ['=', '!='])} ${pick(draw, ['none', 'ann', 'bob'])}`,
    `last ${pick(draw, ['=', '!='])} ${pick(draw, ['none', box])}`,
    `owner[${box}] is ${pick(draw, ['clerk', 'guest'])}`,
    `count box z has (stage[z] = ${pick(draw, ['shut', 'gone'])}) ${pick(draw, ['<', '>='])} ${1 + draw(2)}`,
    ...(inAction ? [`actor != owner[${box}]`, 'n < level', 'actor is guest'] : []),
  ]
  return pick(draw, leaves)
}

function pick<T>(draw: Draw, list: readonly T[]): T {
  return list[draw(list.length)] as T
}
