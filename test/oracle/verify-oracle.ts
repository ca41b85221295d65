import { membersOf } from '../../engine/verify/sorts.ts'
import type { Action, Expr, Workflow } from '../../engine/verify/workflow.ts'

/**
 * The obvious way to verify a workflow: expressions are walked as they were read, states are texts
 * in a set, every way is tried. Shares no part with the search but the reader.
 */
type Env = ReadonlyMap<string, number>
type Cells = readonly (readonly number[])[]

export interface OracleVerdict {
  readonly states: number
  readonly transitions: number
  /** Fewest steps to a state in which each property is false; absent where it always holds. */
  readonly broken: ReadonlyMap<string, number>
  readonly depth: number
}

export function verifyByOracle(workflow: Workflow, without: readonly string[]): OracleVerdict {
  const start: Cells = workflow.state.map(({ per, start: value }) =>
    (per?.values ?? [0]).map(() => value),
  )
  const seen = new Set([JSON.stringify(start)])
  const broken = new Map<string, number>()
  let level: Cells[] = [start]
  let transitions = 0
  let depth = 0
  for (;;) {
    const next: Cells[] = []
    for (const state of level) {
      for (const { key, always } of workflow.properties)
        if (!broken.has(key) && valueOf(workflow, always, state, new Map()) === 0)
          broken.set(key, depth)
      for (const after of successors(workflow, without, state)) {
        transitions++
        const text = JSON.stringify(after)
        if (seen.has(text)) continue
        seen.add(text)
        next.push(after)
      }
    }
    if (next.length === 0) return { states: seen.size, transitions, broken, depth }
    level = next
    depth++
  }
}

/** Every state one step further, as often as there are ways to it. */
export function successors(workflow: Workflow, without: readonly string[], state: Cells): Cells[] {
  const found: Cells[] = []
  for (const action of workflow.actions) {
    workflow.actors.forEach((actor, index) => {
      if (!action.who.some((role) => actor.roles.includes(role))) return
      for (const env of environments(workflow, action, 0, new Map([['actor', index]]))) {
        const asked = [
          action.when,
          ...(actor.attacker === null ? [action.honestly] : []),
          ...action.controls.filter(({ key }) => !without.includes(key)).map(({ expr }) => expr),
        ]
        if (asked.some((one) => valueOf(workflow, one, state, env) === 0)) continue
        const after = taken(workflow, action, state, env)
        if (after !== null) found.push(after)
      }
    })
  }
  return found
}

function taken(workflow: Workflow, action: Action, state: Cells, env: Env): Cells | null {
  const next = state.map((cells) => [...cells])
  for (const { variable, index, value } of action.set) {
    const { per, sort } = workflow.state[variable]!
    const at = index === null ? 0 : per!.values.indexOf(valueOf(workflow, index, state, env))
    const given = valueOf(workflow, value, state, env)
    if (sort.kind === 'int' && (given < sort.min || given > sort.max!)) return null
    next[variable]![at] = given
  }
  return next
}

function environments(workflow: Workflow, action: Action, from: number, env: Env): Env[] {
  const parameter = action.parameters[from]
  if (parameter === undefined) return [env]
  return membersOf(parameter.sort, workflow).flatMap((value) =>
    environments(workflow, action, from + 1, new Map([...env, [parameter.name, value]])),
  )
}

function valueOf(w: Workflow, e: Expr, state: Cells, env: Env): number {
  const go = (one: Expr, more = env): number => valueOf(w, one, state, more)
  switch (e.kind) {
    case 'constant':
      return e.value
    case 'bound':
      return env.get(e.name)!
    case 'state': {
      const at = e.index === null ? 0 : w.state[e.variable]!.per!.values.indexOf(go(e.index))
      return state[e.variable]![at] ?? 0
    }
    case 'among':
      return Number(e.values.includes(go(e.of)))
    case 'not':
      return Number(go(e.body) === 0)
    case 'and':
      return Number(e.parts.every((part) => go(part) !== 0))
    case 'or':
      return Number(e.parts.some((part) => go(part) !== 0))
    case 'compare': {
      const [a, b] = [go(e.left), go(e.right)]
      return Number(e.operator === '=' ? a === b : e.operator === '<' ? a < b : a <= b)
    }
    case 'sum':
      return go(e.left) + e.sign * go(e.right)
    case 'every':
    case 'some':
    case 'count': {
      const hits = e.values.filter((v) => go(e.body, new Map([...env, [e.name, v]])) !== 0).length
      if (e.kind === 'count') return hits
      return Number(e.kind === 'every' ? hits === e.values.length : hits > 0)
    }
  }
}
