import { limitsOf } from './explain-words.ts'
import type { Value, ValueType } from './ast.ts'
import type { Absent } from './literal.ts'
import type { Fact } from './monitor.ts'
import type { Question } from './question.ts'
import type { LogWindow } from './window.ts'

/** Events tried before it is said that none would have changed the verdict. */
const TRIED_MAX = 24

/**
 * An event of the kind that is missing, with which there would be no verdict: `none` where none of
 * those tried would do, null where the work was used up before.
 */
export function instead(
  question: Question,
  window: LogWindow,
  absent: Absent,
): { readonly timePoint: number; readonly fact: Fact } | 'none' | null {
  const facts = candidates(
    question.compiled.signature.get(absent.name)?.types ?? [],
    window,
    absent,
  )
  const middle = (absent.from + absent.to) >> 1
  for (const index of new Set([absent.to, absent.from, middle])) {
    for (const fact of facts) {
      const holds = question.holds(window.with(index, (known) => [...known, fact]))
      if (holds === null) return null
      if (!holds) return { timePoint: window.at(index).timePoint, fact }
    }
  }
  return 'none'
}

/** Facts that fit the columns; its tests and the log suggest values for the unknown ones. */
function candidates(types: readonly ValueType[], window: LogWindow, absent: Absent): Fact[] {
  const limits = limitsOf(absent)
  let tuples: Value[][] = [[]]
  absent.columns.forEach(({ value, slot }, column) => {
    const twin = slot === null ? -1 : absent.columns.findIndex((c) => c.slot === slot)
    const choices = (tuple: readonly Value[]): readonly Value[] => {
      if (value !== null) return [value]
      if (twin >= 0 && twin < column) return [tuple[twin] as Value]
      const told = limits.filter((l) => l.column === column).map((l) => l.value)
      return guesses(types[column] ?? 'int', told, valuesAt(window, absent.name, column))
    }
    tuples = tuples.flatMap((t) => choices(t).map((v) => [...t, v])).slice(0, TRIED_MAX)
  })
  return tuples.map((args) => ({ name: absent.name, args }))
}

function guesses(type: ValueType, told: readonly Value[], seen: readonly Value[]): Value[] {
  if (type === 'string') {
    const strings = told.map((v) => (typeof v === 'string' ? v : String(v)))
    return [...new Set<Value>(['somebody', ...strings, ...seen])]
  }
  const near = told.flatMap((v) => (typeof v === 'number' ? [v, v + 1, v - 1] : []))
  return [...new Set<Value>([...near, ...seen, 0, 1])]
}

function valuesAt(window: LogWindow, name: string, column: number): Value[] {
  const seen = new Set<Value>()
  for (let i = window.points.length - 1; i >= 0 && seen.size < 4; i--) {
    for (const fact of window.facts(i, name)) seen.add(fact.args[column] as Value)
  }
  return [...seen]
}
