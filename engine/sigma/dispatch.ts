import type { FieldTable } from './fields.ts'
import { fold } from './fields.ts'
import type { LiteralIndex } from './literal-index.ts'
import { requirementOf } from './requirement.ts'
import type { Condition, Detection, SearchNode } from './rule.ts'
import { plainText } from './string-value.ts'

/** A field that must have one of these folded texts for a rule to match. */
interface Kind {
  readonly field: string
  readonly texts: readonly string[]
}

/** What is to be done for events of one kind; null for those of no kind that rules name. */
interface Plan {
  readonly kind: string | null
  /** Indexes of rules that only running them can tell. */
  readonly run: readonly number[]
  /** Slots in which the texts of the other rules are looked for. */
  readonly slots: readonly number[]
}

/**
 * Which rules can match an event at all. First by its kind: the value of the one field (such as
 * `class_uid`) that most rules require to be something. Then by the texts that a rule cannot match
 * without, found for all rules at once. Answers their indexes, each once, in no order, in a list
 * that the next event reuses.
 */
export function compileDispatch(
  detections: readonly Detection[],
  table: FieldTable,
  literals: LiteralIndex,
): (held: FieldTable) => readonly number[] {
  const needs = detections.map((detection) => ofCondition(detection.condition, detection))
  const field = kindField(needs)
  const kindSlot = field === null ? -1 : table.slot(field)
  const kindsOf: (readonly string[] | null)[] = needs.map(
    (own) => own.find((need) => need.field === field)?.texts ?? null,
  )
  const slotsOf = detections.map((detection, index) =>
    listen(detection, kindsOf[index] === null ? null : field, index, literals),
  )
  const planOf = (kind: string | null): Plan => {
    const rules = [...detections.keys()].filter((index) => fits(kindsOf[index] ?? null, kind))
    const slots = new Set(rules.flatMap((index) => slotsOf[index] ?? []))
    return { kind, run: rules.filter((index) => slotsOf[index] === null), slots: [...slots] }
  }
  const kinds = [...new Set(kindsOf.flatMap((texts) => texts ?? []))]
  const plans = new Map<string | number, Plan>()
  for (const kind of kinds) {
    const plan = planOf(kind)
    plans.set(kind, plan)
    const number = Number(kind)
    if (Number.isFinite(number) && fold(String(number)) === kind) plans.set(number, plan)
  }
  return createChoice({ kindSlot, plans, other: planOf(null), kindsOf, literals })
}

interface Dispatch {
  readonly kindSlot: number
  /** By the kind's text, and by the number that reads the same. */
  readonly plans: ReadonlyMap<string | number, Plan>
  readonly other: Plan
  readonly kindsOf: readonly (readonly string[] | null)[]
  readonly literals: LiteralIndex
}

function createChoice(dispatch: Dispatch): (held: FieldTable) => readonly number[] {
  const { kindSlot, plans, other, kindsOf, literals } = dispatch
  const { opened } = literals
  const taken = new Float64Array(kindsOf.length).fill(-1)
  const chosen: number[] = []
  const take = (index: number, kind: string | null, event: number): void => {
    if (taken[index] === event || !fits(kindsOf[index] ?? null, kind)) return
    taken[index] = event
    chosen.push(index)
  }
  const follow = ({ kind, run, slots }: Plan, event: number): void => {
    for (let i = 0; i < run.length; i += 1) take(run[i] as number, kind, event)
    for (let i = 0; i < slots.length; i += 1) literals.scan(slots[i] as number)
    for (let i = 0; i < opened.length; i += 1) take(opened[i] as number, kind, event)
  }
  return (held) => {
    opened.length = 0
    chosen.length = 0
    const value = kindSlot < 0 ? undefined : held.value(kindSlot)
    const plain = kindSlot < 0 || (typeof value === 'number' && Number.isFinite(value))
    const kinds = plain ? (value as number | undefined) : held.folded(kindSlot)
    if (typeof kinds !== 'object') follow(plans.get(kinds ?? '') ?? other, held.event)
    else for (const kind of kinds) follow(plans.get(kind) ?? other, held.event)
    return chosen
  }
}

function fits(kinds: readonly string[] | null, kind: string | null): boolean {
  return kinds === null || (kind !== null && kinds.includes(kind))
}

/** The field that most rules require to be something; null where none does. */
function kindField(needs: readonly (readonly Kind[])[]): string | null {
  const uses = new Map<string, number>()
  for (const own of needs) for (const { field } of own) uses.set(field, (uses.get(field) ?? 0) + 1)
  const [most] = [...uses].sort((a, b) => b[1] - a[1])
  return most?.[0] ?? null
}

/** Lets a rule be visited where its texts are found; null where it has none. */
function listen(
  detection: Detection,
  kind: string | null,
  index: number,
  literals: LiteralIndex,
): readonly number[] | null {
  const ways = requirementOf(detection, kind)
  if (ways === null || ways.some((way) => way.length === 0)) return null
  return ways.flatMap((way) => literals.listen(literals.gate(way), index))
}

/** What the condition cannot hold without. */
function ofCondition(condition: Condition, detection: Detection): Kind[] {
  if (condition.kind === 'and') return condition.of.flatMap((part) => ofCondition(part, detection))
  if (condition.kind !== 'search') return []
  const node = detection.searches.get(condition.name)
  return node === undefined ? [] : ofNode(node)
}

function ofNode(node: SearchNode): Kind[] {
  if (node.kind === 'and') return node.of.flatMap(ofNode)
  if (node.kind === 'or' || node.field === null || node.negated || node.linking === 'all') return []
  const texts: string[] = []
  for (const matcher of node.values.flat()) {
    if (matcher.kind === 'number') texts.push(fold(String(matcher.number)), fold(matcher.text))
    else if (matcher.kind === 'boolean') texts.push(String(matcher.value))
    else {
      const text = matcher.kind === 'string' ? plainText(matcher.parts) : null
      if (text === null) return []
      texts.push(fold(text))
    }
  }
  return [{ field: node.field, texts }]
}
