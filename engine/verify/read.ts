import type { Diagnostic, Outcome, Position } from '../mfotl/ast.ts'
import { nearMiss } from '../near-miss.ts'
import { RESERVED } from './expression.ts'
import type { Mistake } from './expression-lex.ts'
import { Places } from './places.ts'
import { readAction } from './read-action.ts'
import { readSort } from './read-sort.ts'
import { readExpression } from './read-template.ts'
import { keysAt, workflowSchema, type WorkflowText } from './schema.ts'
import { membersOf, sortNamed, type Declarations } from './sorts.ts'
import { TRUE, type Sort, type StateVariable, type Workflow } from './workflow.ts'

const TEXT_MAX = 262_144
const CELLS_MAX = 256

/**
 * Reads a workflow document (YAML). All mistakes come back together, each with its line, column
 * and, where it is known, the correction; those of meaning once the form is right. Refuses more
 * than 256 KiB.
 */
export function readWorkflow(text: string): Outcome<Workflow> {
  if (text.length > TEXT_MAX)
    return { ok: false, diagnostics: [{ line: 1, column: 1, message: 'longer than 256 KiB' }] }
  const places = new Places(text)
  if (places.errors.length > 0) return { ok: false, diagnostics: places.errors }
  const value = places.value()
  if (value === undefined) {
    const message = 'too many aliases, or nested too deeply'
    return { ok: false, diagnostics: [{ line: 1, column: 1, message }] }
  }
  const form = workflowSchema.safeParse(value)
  if (!form.success) {
    const diagnostics = form.error.issues.flatMap((issue) => explain(issue, places))
    return { ok: false, diagnostics }
  }
  const reader = new Reader(places)
  const workflow = reader.whole(form.data)
  const diagnostics = reader.diagnostics.sort(byPlace)
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value: workflow }
}

function byPlace(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column
}

type Issue = NonNullable<ReturnType<typeof workflowSchema.safeParse>['error']>['issues'][number]

function explain(issue: Issue, places: Places): Diagnostic[] {
  const { path } = issue
  const where = path.map(String).join('.') || 'the document'
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const correction = nearMiss(key, keysAt(path)) ?? keysAt(path).join(', ')
      return { ...places.ofKey(path, key), message: `${where} has no key \`${key}\``, correction }
    })
  }
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
  const message = missing ? `${where} is missing` : `${where}: ${issue.message}`
  return [{ ...places.of(path), message }]
}

export type Path = readonly PropertyKey[]

/** Goes through a document whose form is right and collects what is wrong in its meaning. */
export class Reader {
  readonly diagnostics: Diagnostic[] = []
  readonly #places: Places

  constructor(places: Places) {
    this.#places = places
  }

  whole(text: WorkflowText): Workflow {
    const entries = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
      Object.entries(record)
    const roles = entries(text.roles).map(([key, about]) => ({ key, about }))
    const known = {
      roles,
      actors: entries(text.actors).map(([key, actor]) => {
        actor.roles.forEach((role, i) => {
          if (role in text.roles) return
          const message = `there is no role \`${role}\``
          this.wrong(['actors', key, 'roles', i], message, nearMiss(role, Object.keys(text.roles)))
        })
        return { key, ...actor, attacker: actor.attacker ?? null }
      }),
      things: entries(text.things).map(([key, thing]) => ({ key, ...thing })),
      state: [] as StateVariable[],
    }
    this.#names(text)
    for (const [key, one] of entries(text.state)) this.#variable(key, one, known)
    this.#cells(known)
    const controls = entries(text.controls).map(([key, one]) => ({ key, ...one }))
    return {
      slug: text.workflow,
      title: text.title,
      about: text.about.trim(),
      bounds: text.bounds,
      controls,
      ...known,
      actions: entries(text.actions).map(([key, one]) =>
        readAction(this, key, one, known, Object.keys(text.controls)),
      ),
      properties: entries(text.properties).map(([key, one]) => ({
        key,
        title: one.title,
        reading: one.reading.trim(),
        monitor: one.monitor ?? null,
        always: this.condition(['properties', key, 'always'], one.always, known),
      })),
      reachable: entries(text.reachable).map(([key, one]) => ({
        key,
        expr: this.condition(['reachable', key], one, known),
      })),
      lemmas: entries(text.lemmas).map(([key, one]) => ({
        key,
        expr: this.condition(['lemmas', key], one, known),
      })),
    }
  }

  wrong(path: Path, message: string, correction?: string | null): void {
    this.#add(this.#places.of(path), message, correction)
  }
  wrongKey(path: Path, key: string, message: string, correction?: string | null): void {
    this.#add(this.#places.ofKey(path, key), message, correction)
  }
  #add(at: Position, message: string, correction: string | null | undefined): void {
    this.diagnostics.push({ ...at, message, ...(correction == null ? {} : { correction }) })
  }
  /** Takes mistakes inside the text at a path. */
  inside(path: Path): (mistake: Mistake) => void {
    return ({ at, message, correction }) => {
      this.#add(this.#places.inside(path, at), message, correction)
    }
  }

  condition(path: Path, text: string, known: Declarations, scope = new Map<string, Sort>()) {
    const read = readExpression(text, known, scope, { kind: 'bool' }, this.inside(path))
    return read?.expr ?? TRUE
  }

  sort(path: Path, text: string, known: Pick<Declarations, 'roles' | 'things'>): Sort | null {
    const sort = readSort(text, known)
    if ('kind' in sort) return sort
    this.inside(path)(sort)
    return null
  }

  #variable(
    key: string,
    text: WorkflowText['state'][string],
    known: Declarations & { state: StateVariable[] },
  ): void {
    const path = ['state', key]
    const sort = this.sort([...path, 'is'], text.is, known)
    const per = text.per === undefined ? null : sortNamed(text.per, known)
    if (text.per !== undefined && per === null)
      this.wrong([...path, 'per'], `there are no \`${text.per}\``)
    if (sort === null) return
    known.state.push({
      key,
      sort,
      per: per === null ? null : { sort: per, values: membersOf(per, known) },
      start: this.#start([...path, 'start'], text.start, sort, known),
    })
  }

  #start(path: Path, text: string | undefined, sort: Sort, known: Declarations): number {
    if (text === undefined) {
      if ('optional' in sort && !sort.optional)
        this.wrong(path, 'say who or which it is at the start, or let it be `| none`')
      return sort.kind === 'int' ? sort.min : 'optional' in sort ? -1 : 0
    }
    const read = readExpression(text, known, new Map(), sort, this.inside(path))
    if (read === null) return 0
    if (read.expr.kind !== 'constant') {
      this.wrong(path, 'the start is one fixed value')
      return 0
    }
    const { value } = read.expr
    if (sort.kind === 'int' && (value < sort.min || value > (sort.max ?? value)))
      this.wrong(path, `${value} is outside of what it may be`)
    return value
  }

  #cells(known: Declarations): void {
    const cells = known.state.reduce((sum, { per }) => sum + (per?.values.length ?? 1), 0)
    if (cells > CELLS_MAX)
      this.wrong(['state'], `${cells} values make up the state; at most ${CELLS_MAX} may`)
  }

  /** Everything that an expression may name is called differently. */
  #names(text: WorkflowText): void {
    const groups = [['roles', 'things'] as const, ['actors', 'state'] as const]
    for (const group of groups) {
      const seen = new Map<string, string>()
      for (const section of group) {
        for (const key of Object.keys(text[section])) {
          if (RESERVED.includes(key))
            this.wrongKey([section], key, `\`${key}\` has a meaning of its own in expressions`)
          const other = seen.get(key)
          if (other !== undefined)
            this.wrongKey([section], key, `\`${key}\` is also one of the ${other}`)
          seen.set(key, section)
        }
      }
    }
    if (Object.keys(text.properties).length === 0)
      this.wrong(['properties'], 'there is nothing to prove: write at least one property')
  }
}
