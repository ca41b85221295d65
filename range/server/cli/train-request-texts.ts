import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { PartKind } from '../../../engine/anomaly/request-parts.ts'
import { PART_KINDS } from '../../../engine/anomaly/request-parts.ts'
import { columnOf } from '../../../engine/anomaly/request-features.ts'

export type Split = 'train' | 'calibrate' | 'validate'

export interface Labelled {
  readonly text: string
  readonly kind: PartKind
  readonly attack: boolean
  /** `norm` or the attack's type in the labelled set, else the name of the file of texts. */
  readonly source: string
  readonly split: Split
}

/** Rows of the labelled set: three fifths to train, a fifth for thresholds, a fifth held back; drawn by text. */
export function readLabelled(file: string, seed: number): Labelled[] | string {
  if (!existsSync(file)) return `no such file: ${file}`
  const rows = parseCsv(readFileSync(file, 'utf8'))
  const [head, ...values] = rows
  if (head?.join() !== 'payload,length,attack_type,label')
    return `${file}: not the columns payload,length,attack_type,label`
  return values
    .filter((row) => row.length === 4 && row[0] !== '')
    .map(([text = '', , type = '', label = '']) => ({
      text,
      kind: 'value',
      attack: label === 'anom',
      source: label === 'norm' ? 'norm' : type,
      split: splitOf(text, seed, 0.6, 0.8),
    }))
}

/** Texts beside the model, `kind<TAB>text` a line: attacks all to train, of ordinary ones a third for thresholds. */
export function readCorpus(folder: string, seed: number): Labelled[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .flatMap((name) => {
      const source = name.replace(/\.txt$/, '').replace(/s$/, '')
      const attack = source === 'attack'
      return readFileSync(join(folder, name), 'utf8')
        .split('\n')
        .flatMap((line) => {
          const cut = line.indexOf('\t')
          const kind = PART_KINDS.find((each) => each === line.slice(0, cut))
          if (kind === undefined) return []
          const text = line.slice(cut + 1)
          return [
            {
              text,
              kind,
              attack,
              source,
              split: attack ? ('train' as const) : splitOf(text, seed, 0.67, 1),
            },
          ]
        })
    })
}

/**
 * Prose of other people: lines of the installed packages' READMEs without code blocks, markup and tables. A quarter
 * to train, a quarter for thresholds, the rest held back.
 */
export function readReadmes(folder: string, seed: number): Labelled[] {
  const lines = new Set<string>()
  for (const file of readmesIn(folder)) {
    for (const line of readFileSync(file, 'utf8')
      .replace(/```[^]*?```/g, '')
      .split('\n')) {
      const text = line
        .replace(/^[\s#>*\-|\d.]+/, '')
        .trim()
        .slice(0, 300)
      if (text.length >= 15 && !/^[[!<|]|\t|img\.shields|^\w+="/.test(text)) lines.add(text)
    }
  }
  return [...lines].sort().map((text) => ({
    text,
    kind: 'value',
    attack: false,
    source: 'readme',
    split: splitOf(text, seed, 0.25, 0.5),
  }))
}

function readmesIn(folder: string): string[] {
  const packages = readdirSync(folder).flatMap((name) => {
    return name.startsWith('@')
      ? readdirSync(join(folder, name)).map((inner) => join(name, inner))
      : [name]
  })
  return packages.map((name) => join(folder, name, 'README.md')).filter((file) => existsSync(file))
}

/** By the text alone, so that copies of one value stay on one side. */
function splitOf(text: string, seed: number, train: number, calibrate: number): Split {
  const at = columnOf(`split ${text}`, seed) / 32_768
  return at < train ? 'train' : at < calibrate ? 'calibrate' : 'validate'
}

/** RFC 4180: quoted fields, quotes doubled. A quote inside a field that is not closed stays as it is. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let field = ''
  let quoted = false
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i] as string
    if (quoted) {
      if (char !== '"') field += char
      else if (text[i + 1] === '"') [field, i] = [`${field}"`, i + 1]
      else quoted = false
    } else if (char === '"' && field === '') quoted = true
    else if (char === ',') row = [...row, field]
    else if (char === '\n') {
      rows.push([...row, field.replace(/\r$/, '')])
      row = []
    } else field += char
    if (!quoted && (char === ',' || char === '\n')) field = ''
  }
  if (field !== '' || row.length > 0) rows.push([...row, field])
  return rows
}
