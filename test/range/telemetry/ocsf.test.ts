import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isEpcis, type OcsfEvent, type Telemetry } from '../../../engine/event/telemetry.ts'
import { ocsfDocument } from '../../../range/telemetry/ocsf-document.ts'
import { createObserver, observe } from '../../../range/telemetry/observe.ts'
import type { WorldEvent } from '../../../range/world/types.ts'
import { configOf, rig, START } from '../world/rig.ts'
import { watch } from './rig.ts'

interface Attribute {
  readonly type: string
  readonly array?: true
  readonly required?: true
}
interface Shape {
  readonly attributes: Record<string, Attribute>
  readonly constraints?: { readonly at_least_one?: readonly string[] }
}
interface Extract {
  readonly classes: Record<string, Shape & { readonly activities: readonly number[] }>
  readonly objects: Record<string, Shape>
}
const schema = JSON.parse(
  readFileSync(new URL('./schemas/ocsf-extract.json', import.meta.url), 'utf8'),
) as Extract

/**
 * Mistakes of a value against the compiled extract of the published schema; unknown attributes are
 * mistakes.
 */
function mistakes(value: Record<string, unknown>, shape: Shape, path: string): string[] {
  const found: string[] = []
  for (const [name, { required }] of Object.entries(shape.attributes))
    if (required && !(name in value)) found.push(`${path}.${name} is missing`)
  const some = shape.constraints?.at_least_one
  if (some && !some.some((name) => name in value))
    found.push(`${path} wants one of ${some.join(', ')}`)
  for (const [name, part] of Object.entries(value)) {
    const attribute = shape.attributes[name]
    if (attribute === undefined) found.push(`${path}.${name} is unknown`)
    else
      for (const one of attribute.array ? (part as unknown[]) : [part])
        found.push(...typed(one, attribute.type, `${path}.${name}`))
  }
  return found
}
function typed(value: unknown, type: string, path: string): string[] {
  if (path.endsWith('.unmapped')) return []
  if (type in schema.objects)
    return mistakes(value as Record<string, unknown>, schema.objects[type]!, path)
  const wanted =
    {
      integer_t: 'number',
      long_t: 'number',
      timestamp_t: 'number',
      boolean_t: 'boolean',
      float_t: 'number',
    }[type] ?? (type.endsWith('_t') ? 'string' : 'object')
  return typeof value === wanted ? [] : [`${path} is ${typeof value}, not ${type}`]
}
function check(event: OcsfEvent): string[] {
  const shape = schema.classes[event.class_uid]!
  const found = mistakes(
    ocsfDocument(event) as Record<string, unknown>,
    shape,
    String(event.class_uid),
  )
  return shape.activities.includes(event.activity_id)
    ? found
    : [...found, `activity ${event.activity_id}`]
}

const request = {
  method: 'POST',
  host: 'larchlane.example',
  path: '/login',
  query: '',
  form: { name: 'A' },
  session: 's1',
  ip: '100.64.1.2',
  agent: 'x',
  referrer: '',
} as const
const EVENTS: readonly WorldEvent[] = [
  {
    kind: 'HttpServed',
    request,
    response: {
      code: 200,
      location: null,
      view: { kind: 'text', text: '' },
      length: 9,
      page: { slug: 'checkout', revision: 101 },
    },
    account: 'a.b',
    durationMs: 12,
  },
  {
    kind: 'BrowserReported',
    host: 'drop.example',
    uri: 'https://drop.example/c',
    directive: 'connect-src',
    page: 'checkout',
    revision: 101,
    ip: '100.64.1.2',
    agent: 'x',
    session: 's1',
    enforce: false,
  },
  { kind: 'SignedIn', session: 's1', account: 'a.b', ip: '100.64.1.2', ok: false, staff: false },
  { kind: 'AccountSuspended', account: 'a.b' },
  { kind: 'PagesInspected', round: 0 },
  { kind: 'ParcelHeld', parcel: 3 },
  { kind: 'VanRecalled', van: 1 },
  { kind: 'SourceBlocked', ip: '100.64.1.2' },
  { kind: 'SourceUnblocked', ip: '100.64.1.2' },
  { kind: 'HostBlocked', host: 'drop.example' },
  { kind: 'HostUnblocked', host: 'drop.example' },
]

describe('OCSF', () => {
  test('[T16] every class we speak, exported, keeps to the published schema', () => {
    const made = observe(
      { ...rig(1).world(), now: START + 9_000 },
      EVENTS.map((event) => ({ at: START + 1_000, event })),
      createObserver(configOf(1)),
    ).telemetry
    const telemetry: readonly Telemetry[] = [...made, ...watch(2, 20)]
    const bodies = telemetry.flatMap(({ body }) => (isEpcis(body) ? [] : [body]))
    expect(new Set(bodies.map((body) => body.class_uid))).toEqual(
      new Set([4002, 3002, 3001, 6003, 6005]),
    )
    for (const body of bodies) expect(check(body), JSON.stringify(body)).toEqual([])
  })
  test('[T16] the check itself finds what is missing, unknown and of the wrong type', () => {
    const [served] = observe(
      { ...rig(1).world(), now: START + 9_000 },
      [{ at: START + 1_000, event: EVENTS[0]! }],
      createObserver(configOf(1)),
    ).telemetry.slice(-1)
    const body = served!.body as OcsfEvent
    const broken = {
      ...body,
      src_endpoint: {},
      colour: 'red',
      duration: '12',
    } as unknown as OcsfEvent
    expect(check(broken).map((text) => text.replace(/^4002\./, ''))).toEqual([
      'duration is string, not long_t',
      expect.stringMatching(/^src_endpoint wants one of/),
      'colour is unknown',
    ])
  })
})
