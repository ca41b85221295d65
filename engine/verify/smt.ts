import type { Ground, GroundModel } from './ground.ts'

/**
 * What is asked of a solver, as a script of SMT-LIB 2.6 (QF_LIA) that ends with the questions.
 * `reaches`: a way of exactly `depth` steps from the start to a state in which a property fails;
 * `strays`: the same for a lemma. `induces`: `depth` steps through states in which all of both
 * hold, no two of them alike, from anywhere within the bounds, to one in which one of them fails;
 * if there is none, and no way of fewer steps from the start either, there never is. Cell 3 after
 * two steps is `c3_2`, the step from there `s2`: an index into `model.steps`.
 */
export function smtScript(
  model: GroundModel,
  question: 'reaches' | 'strays' | 'induces',
  depth: number,
): string {
  const properties = model.properties.map(({ always }) => always)
  const lemmas = model.lemmas.map(({ expr }) => expr)
  const all = [...properties, ...lemmas]
  const lines = ['(set-logic QF_LIA)']
  model.cells.forEach(({ name }, c) => lines.push(`; c${c}: ${name}`))
  declareState(model, 0, lines)
  if (question !== 'induces')
    model.cells.forEach(({ start }, c) => lines.push(`(assert (= c${c}_0 ${integer(start)}))`))
  for (let t = 0; t < depth; t++) {
    if (question === 'induces') for (const one of all) lines.push(`(assert ${condition(one, t)})`)
    declareStep(model, t, lines)
  }
  if (question === 'induces') distinct(model, depth, lines)
  const asked = question === 'induces' ? all : question === 'strays' ? lemmas : properties
  const bad = asked.map((one) => `(not ${condition(one, depth)})`)
  lines.push(`(assert ${join('or', bad)})`, '(check-sat)')
  const steps = Array.from({ length: depth }, (_, t) => `s${t}`)
  if (question === 'reaches' && depth > 0) lines.push(`(get-value (${steps.join(' ')}))`)
  return `${lines.join('\n')}\n`
}

/** Every cell within its range, so that a step that would leave it is none. */
function declareState(model: GroundModel, t: number, lines: string[]): void {
  model.cells.forEach(({ low, high }, c) => {
    lines.push(`(declare-const c${c}_${t} Int)`)
    lines.push(
      high === null
        ? `(assert (<= ${integer(low)} c${c}_${t}))`
        : `(assert (<= ${integer(low)} c${c}_${t} ${integer(high)}))`,
    )
  })
}

function declareStep(model: GroundModel, t: number, lines: string[]): void {
  lines.push(`(declare-const s${t} Int)`, `(assert (<= 0 s${t} ${model.steps.length - 1}))`)
  const next = model.cells.map((_, c) => `c${c}_${t}`)
  for (const [index, { guard, set }] of model.steps.entries()) {
    if (!(guard.kind === 'constant' && guard.value !== 0))
      lines.push(`(assert (=> (= s${t} ${index}) ${condition(guard, t)}))`)
    for (const { cell, value } of set)
      next[cell] = `(ite (= s${t} ${index}) ${number(value, t)} ${next[cell] ?? ''})`
  }
  declareState(model, t + 1, lines)
  next.forEach((value, c) => lines.push(`(assert (= c${c}_${t + 1} ${value}))`))
}

function distinct(model: GroundModel, depth: number, lines: string[]): void {
  for (let a = 0; a <= depth; a++) {
    for (let b = a + 1; b <= depth; b++) {
      const differ = model.cells.map((_, c) => `(not (= c${c}_${a} c${c}_${b}))`)
      lines.push(`(assert ${join('or', differ)})`)
    }
  }
}

function condition(g: Ground, t: number): string {
  switch (g.kind) {
    case 'constant':
      return g.value === 0 ? 'false' : 'true'
    case 'not':
      return `(not ${condition(g.body, t)})`
    case 'and':
    case 'or':
      return join(
        g.kind,
        g.parts.map((part) => condition(part, t)),
      )
    case 'among': {
      const of = number(g.of, t)
      return join(
        'or',
        g.values.map((value) => `(= ${of} ${integer(value)})`),
      )
    }
    case 'compare':
      return `(${g.operator} ${number(g.left, t)} ${number(g.right, t)})`
    default:
      return `(not (= ${number(g, t)} 0))`
  }
}

function number(g: Ground, t: number): string {
  switch (g.kind) {
    case 'constant':
      return integer(g.value)
    case 'cell':
      return `c${g.cell}_${t}`
    case 'select': {
      const index = number(g.index, t)
      return g.cells.reduceRight((otherwise, cell, i) => {
        return `(ite (= ${index} ${integer(g.values[i] ?? 0)}) c${cell}_${t} ${otherwise})`
      }, '0')
    }
    case 'sum':
      return `(${g.sign === 1 ? '+' : '-'} ${number(g.left, t)} ${number(g.right, t)})`
    case 'total':
      return g.parts.reduce((sum, part) => `(+ ${sum} (ite ${condition(part, t)} 1 0))`, '0')
    default:
      return `(ite ${condition(g, t)} 1 0)`
  }
}

function integer(value: number): string {
  return value < 0 ? `(- ${-value})` : String(value)
}

function join(word: 'and' | 'or', parts: readonly string[]): string {
  if (parts.length === 0) return word === 'and' ? 'true' : 'false'
  return parts.length === 1 ? (parts[0] ?? '') : `(${word} ${parts.join(' ')})`
}
