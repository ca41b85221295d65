import cardsDeclined from '../../../../content/detections/cards-declined.yml?raw'
import doorOpen from '../../../../content/detections/door-open.yml?raw'
import failedSignIns from '../../../../content/detections/failed-sign-ins.yml?raw'
import largeRefund from '../../../../content/detections/large-refund.yml?raw'
import pageUnsigned from '../../../../content/detections/page-unsigned.yml?raw'
import pathAsked from '../../../../content/detections/path-asked.yml?raw'
import refundTotal from '../../../../content/detections/refund-total.yml?raw'

/** A field that a template leaves to its reader; `name` stands in the text as `{{name}}`. */
export type TemplateField =
  | {
      readonly kind: 'number'
      readonly name: string
      readonly min: number
      readonly max: number
      readonly value: number
    }
  | { readonly kind: 'word'; readonly name: string; readonly value: string }
  | {
      readonly kind: 'choice'
      readonly name: string
      readonly options: readonly string[]
      readonly value: string
    }

export interface Template {
  readonly id: TemplateId
  readonly kind: 'sigma' | 'mfotl'
  readonly text: string
  readonly fields: readonly TemplateField[]
  /** What else follows from a choice: more placeholders. */
  readonly follows?: Readonly<Record<string, Readonly<Record<string, string>>>>
}
export type TemplateId =
  | 'path-asked'
  | 'failed-sign-ins'
  | 'cards-declined'
  | 'large-refund'
  | 'refund-total'
  | 'page-unsigned'
  | 'door-open'

function count(name: string, value: number, min: number, max: number): TemplateField {
  return { kind: 'number', name, min, max, value }
}
function choice(name: string, options: readonly string[]): TemplateField {
  return { kind: 'choice', name, options, value: options[0] ?? '' }
}

/** Rules first, then formulas, the easiest of each on top. */
export const TEMPLATES: readonly Template[] = [
  {
    id: 'path-asked',
    kind: 'sigma',
    text: pathAsked,
    fields: [
      { kind: 'word', name: 'word', value: 'admin' },
      choice('level', ['medium', 'low', 'high']),
    ],
  },
  {
    id: 'large-refund',
    kind: 'sigma',
    text: largeRefund,
    fields: [
      count('euros', 40, 1, 5000),
      choice('step', ['refund.request', 'refund.execute', 'refund.approve']),
    ],
  },
  {
    id: 'failed-sign-ins',
    kind: 'sigma',
    text: failedSignIns,
    fields: [
      count('count', 5, 2, 500),
      count('minutes', 10, 1, 240),
      choice('group', ['src_endpoint.ip', 'user.uid']),
    ],
  },
  {
    id: 'cards-declined',
    kind: 'sigma',
    text: cardsDeclined,
    fields: [count('cards', 3, 2, 100), count('minutes', 15, 1, 240)],
  },
  {
    id: 'refund-total',
    kind: 'mfotl',
    text: refundTotal,
    fields: [
      count('euros', 150, 1, 50_000),
      count('minutes', 120, 1, 480),
      choice('group', ['s', 'd']),
    ],
    follows: {
      s: { other: 'd', lead: 'staff:{s}' },
      d: { other: 's', lead: 'card:{d}' },
    },
  },
  {
    id: 'page-unsigned',
    kind: 'mfotl',
    text: pageUnsigned,
    fields: [count('minutes', 6, 1, 60), choice('severity', ['3', '2', '4'])],
  },
  {
    id: 'door-open',
    kind: 'mfotl',
    text: doorOpen,
    fields: [count('minutes', 2, 1, 60), choice('severity', ['3', '2', '4'])],
  },
]

export type Filled = Readonly<Record<string, string>>

/** The fields as they are offered. */
export function defaultsOf(template: Template): Filled {
  return Object.fromEntries(template.fields.map((field) => [field.name, String(field.value)]))
}

/** Letters of a word that stands in a rule: nothing that YAML or Sigma would read otherwise. */
const WORD = /[^\p{L}\p{N}/._-]/gu

/** The template's text with its fields put in; numbers are held within their bounds. */
export function fillIn(template: Template, values: Filled): string {
  const known: Record<string, string> = {}
  for (const field of template.fields) {
    const given = values[field.name] ?? ''
    known[field.name] = valueOf(field, given)
    Object.assign(known, template.follows?.[known[field.name] ?? ''])
  }
  return template.text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => known[name] ?? '')
}

function valueOf(field: TemplateField, given: string): string {
  switch (field.kind) {
    case 'number': {
      const number = Math.round(Number(given))
      if (!Number.isFinite(number)) return String(field.value)
      return String(Math.min(field.max, Math.max(field.min, number)))
    }
    case 'word':
      return given.replaceAll(WORD, '').slice(0, 40) || field.value
    case 'choice':
      return field.options.includes(given) ? given : field.value
  }
}
