import { TOOLS, type Tool } from './change.ts'
import { CHECKERS, type Checker } from './finding.ts'
import { POWERS, type Experiment, type Power } from './scene.ts'

/** A finished try, as it is kept: who noticed, and how many of the five were foreseen. */
export interface Tried {
  readonly tool: Tool
  readonly power: Power
  readonly noticed: readonly Checker[]
  readonly foreseen: number
}

/** Whom the learner ticks. */
export type Ticked = Checker | 'nobody'

export type Lesson = 'lie' | 'fork' | 'database' | 'key' | 'unseen' | 'witnesses' | 'all-lost'

/** What a try teaches, from what was found in it. */
export function lessonOf(
  { tool, power }: Pick<Experiment, 'tool' | 'power'>,
  noticed: Readonly<Record<Checker, boolean>>,
): Lesson {
  const anybody = CHECKERS.some((who) => noticed[who])
  if (tool === 'lie') return 'lie'
  if (power === 'database') return 'database'
  if (noticed.neighbours) return 'fork'
  if (power === 'witnesses') return anybody ? 'witnesses' : 'all-lost'
  return anybody ? 'key' : 'unseen'
}

/** How many of the five the learner judged right; nobody ticked means that all keep silent. */
export function foreseen(
  ticked: readonly Ticked[],
  noticed: Readonly<Record<Checker, boolean>>,
): number {
  return CHECKERS.filter((who) => ticked.includes(who) === noticed[who]).length
}

const FIRST: readonly (readonly [Tool, Power])[] = [
  ['edit', 'database'],
  ['edit', 'key'],
  ['lie', 'database'],
  ['fork', 'key'],
  ['cut', 'key'],
  ['backdate', 'key'],
  ['edit', 'witnesses'],
]

/** What to try next: first what surprises most, then what is left; undefined when all is tried. */
export function nextTry(
  tried: readonly Tried[],
): { readonly tool: Tool; readonly power: Power } | undefined {
  const rest = POWERS.flatMap((power) => TOOLS.map((tool) => [tool, power] as const))
  const open = [...FIRST, ...rest].find(
    ([tool, power]) => !tried.some((one) => one.tool === tool && one.power === power),
  )
  return open && { tool: open[0], power: open[1] }
}

/** The tries with this one in place of an older one of its kind. */
export function withTry(tried: readonly Tried[], one: Tried): Tried[] {
  return [...tried.filter((old) => old.tool !== one.tool || old.power !== one.power), one]
}
