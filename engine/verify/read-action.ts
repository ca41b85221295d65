import { nearMiss } from '../near-miss.ts'
import { parseExpression } from './expression.ts'
import type { Path, Reader } from './read.ts'
import { fits, resolve } from './resolve.ts'
import { readExpression, readReport, readTemplate } from './read-template.ts'
import type { WorkflowText } from './schema.ts'
import { membersOf, type Declarations } from './sorts.ts'
import type { Action, Assignment, Parameter, Sort } from './workflow.ts'

type ActionText = WorkflowText['actions'][string]
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** One action of the document; what is wrong in it goes to the reader. */
export function readAction(
  reader: Reader,
  key: string,
  text: ActionText,
  known: Declarations,
  controls: readonly string[],
): Action {
  const path: Path = ['actions', key]
  const who = roles(reader, path, text, known)
  const parameters = parametersOf(reader, path, text, known)
  const sole = who.length === 1 ? (who[0] ?? null) : null
  const scope = new Map<string, Sort>([
    ['actor', { kind: 'actor', role: sole, optional: false }],
    ...parameters.map(({ name, sort }) => [name, sort] as const),
  ])
  const condition = (at: Path, one: string) => reader.condition(at, one, known, scope)
  const guards = Object.entries(text.controls).map(([control, one]) => {
    if (!controls.includes(control)) {
      const message = `there is no control \`${control}\``
      reader.wrongKey([...path, 'controls'], control, message, nearMiss(control, controls))
    }
    return { key: control, expr: condition([...path, 'controls', control], one) }
  })
  return {
    key,
    who,
    parameters,
    when: condition([...path, 'when'], text.when),
    honestly: condition([...path, 'honestly'], text.honestly),
    controls: guards,
    set: Object.entries(text.set).flatMap(
      ([target, value]) => assignment(reader, path, target, value, known, scope) ?? [],
    ),
    says: readTemplate(text.says, known, scope, reader.inside([...path, 'says'])),
    reports: text.reports.flatMap(
      (one, i) => readReport(one, known, scope, reader.inside([...path, 'reports', i])) ?? [],
    ),
    takes: Number(text.takes.slice(0, -1)) * (SECONDS[text.takes.slice(-1)] ?? 1),
  }
}

function roles(reader: Reader, path: Path, text: ActionText, known: Declarations): string[] {
  const names = known.roles.map(({ key }) => key)
  const who = typeof text.who === 'string' ? [text.who] : text.who
  for (const role of who) {
    if (names.includes(role)) continue
    reader.wrong([...path, 'who'], `there is no role \`${role}\``, nearMiss(role, names))
  }
  return who
}

function parametersOf(
  reader: Reader,
  path: Path,
  text: ActionText,
  known: Declarations,
): Parameter[] {
  return Object.entries(text.with).flatMap(([name, one]) => {
    const sort = reader.sort([...path, 'with', name], one, known)
    const taken = [...known.state, ...known.actors].some(({ key }) => key === name)
    if (taken || name === 'actor')
      reader.wrongKey([...path, 'with'], name, `\`${name}\` already stands for something else`)
    if (sort === null) return []
    if (sort.kind === 'int' && sort.max === null)
      reader.wrong([...path, 'with', name], 'what somebody chooses needs an end', `${sort.min}..3`)
    return [{ name, sort }]
  })
}

function assignment(
  reader: Reader,
  path: Path,
  target: string,
  value: string,
  known: Declarations,
  scope: ReadonlyMap<string, Sort>,
): Assignment | null {
  const { written, mistakes } = parseExpression(target)
  const atKey = (message: string, correction?: string): null => {
    reader.wrongKey([...path, 'set'], target, message, correction)
    return null
  }
  if (written === null) return atKey(mistakes[0]?.message ?? 'no name of the state')
  const wrong: string[] = []
  const left = resolve(written, known, scope, null, ({ message }) => wrong.push(message))
  if (left === null) return atKey(wrong[0] ?? 'no name of the state')
  if (left.expr.kind !== 'state') return atKey(`\`${target}\` is no part of the state`)
  const { variable, index } = left.expr
  if (index !== null && index.kind !== 'bound' && index.kind !== 'constant')
    return atKey('what is set must be named by a parameter or `actor`')
  const at = [...path, 'set', target]
  const right = readExpression(value, known, scope, left.sort, reader.inside(at))
  if (right === null) return null
  if (!allowed(right.sort, left.sort, right.expr, known)) {
    reader.wrong(at, 'this may be none, or somebody, whom the state cannot hold here')
    return null
  }
  return { variable, index, value: right.expr }
}

/** Whether every value of what is given has a place; amounts are checked at each step. */
function allowed(
  given: Sort,
  place: Sort,
  expr: Assignment['value'],
  known: Declarations,
): boolean {
  if (!fits(given, place) || place.kind === 'int') return fits(given, place)
  const possible = expr.kind === 'constant' ? [expr.value] : membersOf(given, known)
  const held = membersOf(place, known)
  return possible.every((value) => held.includes(value))
}
