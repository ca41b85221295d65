/**
 * What had to be undone before a request could be read. Each is evidence: little alone, much beside
 * what it hid.
 */
export type DecodeStep =
  | 'percent-twice'
  | 'overlong-utf8'
  | 'wide-percent'
  | 'html-entity'
  | 'script-escape'
  | 'look-alike'
  | 'null-byte'
  | 'sql-comment'
  | 'shell-spacing'
  | 'header-break'

export const DECODE_STEPS: readonly DecodeStep[] = [
  'percent-twice',
  'overlong-utf8',
  'wide-percent',
  'html-entity',
  'script-escape',
  'look-alike',
  'null-byte',
  'sql-comment',
  'shell-spacing',
  'header-break',
]

export interface Decoded {
  /** As the target would see it: lower case, white space single. */
  readonly text: string
  readonly steps: ReadonlySet<DecodeStep>
}

/** Characters of a value that are read; what lies beyond is left out. */
export const TEXT_MAX = 8192
/** Layers of percent codes that are undone. */
const LAYERS_MAX = 4
/** A line break, then what could only be a header of HTTP or of mail. */
const HEADER_BREAK =
  /(?:[\r\n]|\\r\\n|\\n)\s*(?:set-cookie|location|content-(?:type|length|encoding)|bcc|cc|x-[a-z-]{2,20}|http\/1\.[01])\b/i

/**
 * Reads a value as an attacker's target would: plus signs (in forms and queries), percent codes to
 * any depth up to four, overlong UTF-8, entities, escapes of scripts, look-alikes of ASCII,
 * comments that stand for spaces in SQL and `$IFS`. Linear in the text; TEXT_MAX characters.
 */
export function decodeValue(raw: string, how: { readonly plusIsSpace: boolean }): Decoded {
  const steps = new Set<DecodeStep>()
  let text = raw.slice(0, TEXT_MAX)
  if (how.plusIsSpace) text = text.replaceAll('+', ' ')
  for (let layer = 0; layer < LAYERS_MAX && text.includes('%'); layer += 1) {
    const next = percentLayer(text, steps)
    if (next === text) break
    if (layer === 1) steps.add('percent-twice')
    text = next
  }
  text = entities(text, steps)
  text = scriptEscapes(text, steps)
  text = lookAlikes(text, steps)
  if (text.includes('\0')) {
    steps.add('null-byte')
    text = text.replaceAll('\0', ' ')
  }
  text = sqlComments(text, steps)
  text = shellSpacing(text, steps)
  if (HEADER_BREAK.test(text)) steps.add('header-break')
  return { text: text.toLowerCase().replace(/\s+/g, ' ').trim(), steps }
}

function percentLayer(text: string, steps: Set<DecodeStep>): string {
  const wide = text.replace(/%u([0-9a-f]{4})/gi, (_, hex: string) => {
    steps.add('wide-percent')
    return String.fromCharCode(Number.parseInt(hex, 16))
  })
  return wide.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    const bytes = Array.from(run.matchAll(/%([0-9a-f]{2})/gi), ([, hex]) =>
      Number.parseInt(hex as string, 16),
    )
    return bytesToText(bytes, steps)
  })
}

/**
 * UTF-8, forgiving: overlong forms give the character they hide, other broken bytes are read as
 * Latin 1.
 */
function bytesToText(bytes: readonly number[], steps: Set<DecodeStep>): string {
  let text = ''
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i] as number
    const size = lead < 0xc0 || lead >= 0xf8 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
    const tail = bytes.slice(i + 1, i + size)
    if (size === 1 || tail.length < size - 1 || tail.some((byte) => (byte & 0xc0) !== 0x80)) {
      text += String.fromCharCode(lead)
      i += 1
      continue
    }
    const point = tail.reduce((sum, byte) => (sum << 6) | (byte & 0x3f), lead & (0x7f >> size))
    if (point < (size === 2 ? 0x80 : size === 3 ? 0x800 : 0x10000)) steps.add('overlong-utf8')
    text += point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point)
    i += size
  }
  return text
}

const NAMED: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  amp: '&',
  nbsp: ' ',
  colon: ':',
  lpar: '(',
  rpar: ')',
  tab: '\t',
  newline: '\n',
  sol: '/',
  bsol: '\\',
  equals: '=',
  semi: ';',
  num: '#',
  grave: '`',
}

/** Entities that honest texts hold too. */
const ORDINARY: readonly string[] = ['amp', 'nbsp', 'quot', 'apos']

function entities(text: string, steps: Set<DecodeStep>): string {
  if (!text.includes('&')) return text
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,7}));?/gi,
    (whole: string, hex?: string, decimal?: string, word?: string) => {
      const name = word?.toLowerCase()
      if (name === undefined) {
        const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
        if (point < 128) steps.add('html-entity')
        return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole
      }
      const char = NAMED[name]
      if (char === undefined || !whole.endsWith(';')) return whole
      if (!ORDINARY.includes(name)) steps.add('html-entity')
      return char
    },
  )
}

function scriptEscapes(text: string, steps: Set<DecodeStep>): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(?:u\{?([0-9a-f]{4})\}?|x([0-9a-f]{2}))/gi, (_, wide, narrow) => {
    const point = Number.parseInt(wide ?? narrow, 16)
    if (point < 128) steps.add('script-escape')
    return point < 32 ? ' ' : String.fromCharCode(point)
  })
}

/**
 * Full-width forms and the signs that databases fold to a quote; full-width letters alone are no
 * evidence.
 */
function lookAlikes(text: string, steps: Set<DecodeStep>): string {
  // eslint-disable-next-line no-control-regex -- plain ASCII has nothing to fold
  if (/^[\x00-\x7f]*$/.test(text)) return text
  const folded = text
    .normalize('NFKC')
    .replace(/[\u02b9\u02bc]/g, "'")
    .replace(/[\u2215\u2044]/g, '/')
  if (
    /[\uff07\uff02\uff1c\uff1e\uff0f\uff3c\uff1d\ufe64\ufe65\u02b9\u02bc\u2215\u2044]|[a-z][\uff01-\uff5e]|\u2025|\u2024/i.test(
      text,
    )
  ) {
    steps.add('look-alike')
  }
  return folded
}

/** `union/**\/select` and `/*!50000union*\/`: comments that stand where a space would. */
function sqlComments(text: string, steps: Set<DecodeStep>): string {
  if (!text.includes('/*')) return text
  const shown = text.replace(/\/\*!\d{0,6}([^*]{0,200})\*\//g, (_, inner: string) => {
    steps.add('sql-comment')
    return ` ${inner} `
  })
  return shown.replace(/(\S?)\/\*[^*]{0,200}\*\/(\S?)/g, (_, before: string, after: string) => {
    if (before !== '' && after !== '') steps.add('sql-comment')
    return `${before} ${after}`
  })
}

function shellSpacing(text: string, steps: Set<DecodeStep>): string {
  if (!text.includes('$')) return text
  return text.replace(/\$\{?ifs(?:%%\?\?|:[^}]{1,10})?\}?(?:\$\d)?/gi, () => {
    steps.add('shell-spacing')
    return ' '
  })
}
