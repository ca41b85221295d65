import account from '../content/messages/en/account.json' with { type: 'json' }
import attack from '../content/messages/en/attack.json' with { type: 'json' }
import design from '../content/messages/en/design.json' with { type: 'json' }
import detection from '../content/messages/en/detection.json' with { type: 'json' }
import exercise from '../content/messages/en/exercise.json' with { type: 'json' }
import lab from '../content/messages/en/lab.json' with { type: 'json' }
import lesson from '../content/messages/en/lesson.json' with { type: 'json' }
import parcel from '../content/messages/en/parcel.json' with { type: 'json' }
import parts from '../content/messages/en/parts.json' with { type: 'json' }
import proof from '../content/messages/en/proof.json' with { type: 'json' }
import site from '../content/messages/en/site.json' with { type: 'json' }
import tamper from '../content/messages/en/tamper.json' with { type: 'json' }
import trainer from '../content/messages/en/trainer.json' with { type: 'json' }

const catalogue = {
  account,
  attack,
  design,
  detection,
  exercise,
  lab,
  lesson,
  parcel,
  parts,
  proof,
  site,
  tamper,
  trainer,
}
type Catalogue = typeof catalogue

/** `area.key`, where the area is the file's name and the key is written as in the file. */
export type MessageKey = {
  [Area in keyof Catalogue]: `${Area}.${keyof Catalogue[Area] & string}`
}[keyof Catalogue]
export type MessageParams = Readonly<Record<string, string | number>>

const language = 'en'
const plurals = new Intl.PluralRules(language)
const numbers = new Intl.NumberFormat(language)

/**
 * The text of `key` with `{name}` replaced from `params`. A message that differs by number is an
 * object of plural forms, chosen by `params.count`. Numbers are written in the reader's way.
 * An unknown key or a missing parameter shows itself in brackets, never as an error to a reader.
 */
export function t(key: MessageKey, params: MessageParams = {}): string {
  const dot = key.indexOf('.')
  const area = catalogue[key.slice(0, dot) as keyof Catalogue] as Record<string, unknown>
  const entry = area[key.slice(dot + 1)]
  const text = typeof entry === 'object' && entry !== null ? formOf(entry, params) : entry
  if (typeof text !== 'string') return `[${key}]`
  return text.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = params[name]
    if (value === undefined) return `[${name}]`
    return typeof value === 'number' ? numbers.format(value) : value
  })
}

function formOf(forms: object, params: MessageParams): unknown {
  const byName = forms as Record<string, unknown>
  return byName[plurals.select(Number(params['count'] ?? 0))] ?? byName['other']
}
