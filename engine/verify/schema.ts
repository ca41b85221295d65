import { z } from 'zod'

const NAME = /^[a-z][a-zA-Z0-9]*(-[a-z0-9]+)*$/
const name = z.string().regex(NAME, 'write a name such as `fourEyes` or `hand-over`')
const line = (max: number) => z.string().trim().min(1, 'write something here').max(max)
/** YAML reads `true` and `3` as what they are; here they are expressions. */
const expression = z.union([z.string(), z.boolean(), z.number()]).transform(String)

const control = z.strictObject({ title: line(60), about: line(300) })
const actor = z.strictObject({
  name: line(40),
  roles: z.array(name).min(1).max(16),
  attacker: line(200).optional(),
})
const thing = z.strictObject({
  count: z.number().int().min(1).max(16),
  name: line(40).regex(/\{n\}/, 'write `{n}` where the number belongs'),
})
const stateVariable = z.strictObject({
  per: name.optional(),
  is: expression,
  start: expression.optional(),
})
const action = z.strictObject({
  who: z.union([name, z.array(name).min(1).max(16)]),
  with: z.record(name, expression).default({}),
  when: expression.default('true'),
  honestly: expression.default('true'),
  controls: z.record(z.string(), expression).default({}),
  set: z.record(z.string(), expression).default({}),
  says: line(300),
  reports: z.array(line(300)).max(16).default([]),
  takes: z
    .string()
    .regex(/^\d{1,4}[smhd]$/, 'write a time such as 90s, 10m, 2h or 1d')
    .default('1m'),
})
const property = z.strictObject({
  title: line(80),
  reading: line(400),
  always: expression,
  monitor: line(60).optional(),
})

/** The keys of a workflow document; `engine/workflows/README.md` explains each. */
export const workflowSchema = z.strictObject({
  workflow: name,
  title: line(80),
  about: line(1_000),
  bounds: z
    .strictObject({
      states: z.number().int().min(1).max(20_000_000).default(2_000_000),
      steps: z.number().int().min(1).max(100).default(12),
    })
    .prefault({}),
  controls: z.record(name, control).default({}),
  roles: z.record(name, line(200)),
  actors: z.record(name, actor),
  things: z.record(name, thing).default({}),
  state: z.record(name, stateVariable),
  actions: z.record(name, action),
  properties: z.record(name, property),
  reachable: z.record(name, expression).default({}),
  lemmas: z.record(name, expression).default({}),
})
export type WorkflowText = z.infer<typeof workflowSchema>

/** The keys that may stand beside each other, to say which one was meant. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return Object.keys(workflowSchema.shape)
  const parts: Readonly<Record<string, readonly string[]>> = {
    controls: Object.keys(control.shape),
    actors: Object.keys(actor.shape),
    things: Object.keys(thing.shape),
    state: Object.keys(stateVariable.shape),
    actions: Object.keys(action.shape),
    properties: Object.keys(property.shape),
  }
  if (path[0] === 'bounds') return ['states', 'steps']
  return path.length === 2 ? (parts[String(path[0])] ?? []) : []
}
