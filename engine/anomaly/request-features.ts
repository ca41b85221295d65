import type { Decoded } from './request-decode.ts'
import { DECODE_STEPS } from './request-decode.ts'
import type { PartKind } from './request-parts.ts'
import { PART_KINDS } from './request-parts.ts'
import { skeletonOf } from './request-skeleton.ts'
import type { Token } from './request-skeleton.ts'

/** Columns of the hashed table: a power of two. */
export const COLUMNS = 1 << 15
/**
 * A value is looked at through windows of so many tokens, so that a long text does not dilute what
 * it hides.
 */
export const WINDOW = 28
export const STRIDE = 14
export const WINDOWS_MAX = 96

/** A sparse row: columns, and their values beside them. */
export interface SparseRow {
  readonly columns: Int32Array
  readonly values: Float32Array
}

/** Weight of each group of columns, and how far its size is evened out. */
const SKELETON_WEIGHT = 1.6
const CHARACTER_WEIGHT = 0.7
const SIGN_WEIGHT = 1

/**
 * Signs that a parser on the other side would act upon, each one column; linear expressions over
 * decoded text.
 */
const SIGNS: readonly (readonly [string, RegExp])[] = [
  [
    'quote-then-logic',
    /['"`]\s*\)*\s*(?:or|and|xor|\|\||&&|having|union|order\s+by|group\s+by|like|in|is|between|div|rlike|procedure)\b|['"`]\s*\)*\s*(?:\|\||&&|;|\+)/,
  ],
  [
    'quote-then-condition',
    /['"`]\s*\)*\s*(?:(?:or|and|xor|having|like|between|rlike|div)\b|\|\||&&)\s*\(*\s*(?:not\b|exists\b|select\b|['"\d(@]|true\b|false\b|\w+\s*\(|\w+\s*(?:[=<>]|like\b|in\s*\())/,
  ],
  [
    'number-then-logic',
    /(?:^|=|\()\s*-?\d+\s*\)*\s*(?:or|and|xor|\|\||&&|union|having|order\s+by|div|rlike)\s*[(\d'"n]/,
  ],
  [
    'always-true',
    /(?:\b(?:or|and|xor|having|where|when|if)\b|\|\||&&|['"(])\s*\(*\s*(['"]?)(\w{1,20})\1\s*(?:=|like|<=>|rlike)\s*\1\2(?!\w)/,
  ],
  ['sub-query', /[(,]\s*select\b\s*[^)\s]/],
  ['cut-by-comment', /(?:['")\d]\s*(?:--|#|\/\*)|;\s*(?:--|#))/],
  ['select-from', /\bselect\b[^.!?]{1,120}\bfrom\b\s*[\w(`"[]/],
  ['union-select', /\bunion\b\s+(?:all\s+|distinct\s+)?\(*\s*select\b\s*[\d'"@(\w*]/],
  [
    'call-of-database',
    /\b(?:sleep|benchmark|pg_sleep|load_file|extractvalue|updatexml|concat|char|chr|ascii|substring|substr|version|database|user|current_user|hex|unhex|cast|convert|randomblob|elt|count|exp|floor|rand|length|mid|ord|json_keys)\s?\(\s*(?:[-\d'"@()*]|0x|null|select\b|current_|\w+\s?\()/,
  ],
  [
    'second-statement',
    /;\s*(?:drop|insert|update|delete|alter|create|exec|execute|declare|shutdown|waitfor|select|truncate)\b/,
  ],
  [
    'catalogue',
    /information_schema|sqlite_master|sysobjects|pg_catalog|@@version|all_tables|xp_cmdshell/,
  ],
  ['markup', /<\s*[a-z!/?][^<]{0,200}/],
  [
    'active-markup',
    /<\s*\/?\s*(?:script|iframe|svg|object|embed|base|meta|form|math|video|audio|details|marquee|body|isindex|link|style|img|input)\b/,
  ],
  ['event-attribute', /[\s"'/<>`]on[a-z]{3,18}\s*=/],
  [
    'script-address',
    /(?:^|["'=\s(:])(?:java|vb|live)\s*script\s*:|data:text\/html|data:[^,]{0,40};base64,/,
  ],
  [
    'call-of-browser',
    /\b(?:alert|prompt|confirm|eval|settimeout|setinterval|fromcharcode|fetch|atob|import)\s*(?:\(|`)/,
  ],
  [
    'page-secrets',
    /\bdocument\s*\.\s*(?:cookie|write|location|domain)|\blocalstorage\b|\bwindow\s*\[/,
  ],
  ['leaves-attribute', /["']\s*\/?>|["']\s+\w+\s*=\s*["']?/],
  ['climbs', /(?:\.{2,}[\\/]+){1}/],
  ['climbs-far', /(?:\.{2,};?[\\/]+){2}/],
  [
    'system-file',
    /(?:^|[\\/:=])(?:etc[\\/](?:passwd|shadow|group|hosts|issue)|proc[\\/]self|proc[\\/]\d+[\\/]|win(?:dows|nt)[\\/](?:win\.ini|system(?:32)?[\\/]|repair)|boot\.ini|web-inf|\.ssh[\\/]|\.git[\\/]|\.svn[\\/]|\.env\b|\.htpasswd|wp-config)/,
  ],
  ['wrapper', /\b(?:php|expect|phar|gopher|dict|zip|ldaps?|rmi|jar|netdoc):\/\//],
  [
    'own-address',
    /^(?:https?:)?\/\/(?:localhost|127\.|169\.254\.|0\.0\.0\.0|0x[0-9a-f]{8}|\d{8,10}\b|\[::|10\.\d|192\.168\.|metadata\.)\S*$/,
  ],
  [
    'shell-then-command',
    /(?:[;|&`\n]|\$\(|\|\||&&)\s*(?:\/?(?:usr\/)?s?bin\/)?(?:(?:whoami|uname|wget|curl|nc|netcat|bash|nslookup|ifconfig|ipconfig|netstat|hostname|python3?|perl|powershell|cmd|chmod|printenv|systeminfo|ping)\b(?!\s*=)|(?:cat|ls|id|sh|ps|pwd|dir|echo|type|env|net|sleep|tail|head|rm|kill|set|dig|touch|mv|cp|mkdir|find|tee|ruby|php|ver)(?:\s*(?:$|[;|&`)<>])|\s+(?:[-/\d.$\\%{"'~*(]|[a-z]:|\w+\.\w)))/,
  ],
  ['command-substitution', /\$\(\s*[a-z/][^)]{0,80}\)|<\([^)]{1,60}\)/],
  ['backtick-substitution', /[^\s`.,;:!?(]`[^`\s][^`]{0,60}`|^`[^`]{1,60}`$/],
  ['glob-in-path', /\/[\w?*]{0,8}\?[\w?*]{0,8}[/\s]/],
  ['system-program', /(?:\/bin\/|\/usr\/bin\/|\/sbin\/|cmd\.exe|system32[\\/]|\/dev\/tcp)/],
  [
    'template',
    /\{\{[^}]{0,60}[(*'"[%][^}]{0,60}\}\}|[$#*]\{[^}]{0,60}[(*'"[@:][^}]{0,80}\}|<%=?\s*\d|\{%[^%]{1,60}%\}|\{\{\s*(?:config|self|request|settings)\b|\{php\}/,
  ],
  [
    'run-time',
    /__(?:class|globals|import|mro|subclasses|builtins|proto)__|getruntime|processbuilder|java\.lang|class\.module|constructor\.|ognl|#_memberaccess/,
  ],
  ['lookup', /\$\{(?:jndi|lower|upper|env|sys|::-)|\$\{\$\{/],
  ['function-of-shell', /^\s*\(\)\s*\{/],
  ['xml-entity', /<!(?:doctype|entity|\[cdata)/],
  [
    'operator-of-document-store',
    /(?:^|\[|["'])\$(?:ne|gt|gte|lt|regex|where|in|nin|exists|or)\b|\|\|\s*['"]?1['"]?\s*==/,
  ],
  ['directory-filter', /\*\)\s*\(|\)\s*\(\s*[|&!]|\(\s*[|&]\s*\(/],
  ['server-include', /<!--#\s*(?:exec|include|echo)/],
  [
    'code-of-server',
    /<\?(?:php|=)|\b(?:system|passthru|shell_exec|exec|phpinfo|base64_decode|assert|popen)\s*\(/,
  ],
  ['unbalanced-quote', /^[^'"]*['"][^'"]*$/],
]

/** Words and numbers without a sign or a space among them: none of the signs can be there. */
const PLAIN = /^[a-z0-9.-]*$/

/**
 * Decoded text as rows, one a window; at least one. `familiar` is how usual the text is, 0 to 1.
 */
export function rowsOf(decoded: Decoded, kind: PartKind, familiar: number): SparseRow[] {
  const tokens = skeletonOf(decoded.text)
  const rows: SparseRow[] = []
  for (let from = 0; rows.length < WINDOWS_MAX; from += STRIDE) {
    const window = tokens.slice(from, from + WINDOW)
    const [start, end] = [from === 0 ? 0 : (window[0]?.start ?? 0), window.at(-1)?.end ?? 0]
    const edges = { first: from === 0, last: from + WINDOW >= tokens.length }
    rows.push(rowOf(window, decoded.text.slice(start, end), { decoded, kind, familiar, ...edges }))
    if (edges.last) break
  }
  return rows
}

interface RowContext {
  readonly decoded: Decoded
  readonly kind: PartKind
  readonly familiar: number
  readonly first: boolean
  readonly last: boolean
}

function rowOf(tokens: readonly Token[], text: string, context: RowContext): SparseRow {
  const { kind, decoded } = context
  const row = new Map<number, number>()
  const skeleton = grams([
    ...(context.first ? ['^'] : []),
    ...tokens.map((token) => token.text),
    ...(context.last ? ['$'] : []),
  ])
  put(row, skeleton, SKELETON_WEIGHT / Math.sqrt(Math.max(4, skeleton.size)))
  const characters = characterGrams(text.slice(0, 200))
  put(row, characters, CHARACTER_WEIGHT / Math.sqrt(Math.max(4, characters.size)))
  const signs = new Set<number>([columnOf(`kind ${kind}`)])
  for (const name of signsOf(text))
    signs.add(columnOf(`sign ${name}`)).add(columnOf(`sign ${kind} ${name}`))
  for (const step of decoded.steps) signs.add(columnOf(`step ${step}`))
  put(row, signs, SIGN_WEIGHT)
  put(row, new Set([columnOf(`familiar ${kind}`)]), context.familiar)
  return { columns: Int32Array.from(row.keys()), values: Float32Array.from(row.values()) }
}

/** Names of the signs in a decoded text. */
export function signsOf(text: string): string[] {
  if (PLAIN.test(text)) return []
  return SIGNS.flatMap(([name, sign]) => (sign.test(text) ? [name] : []))
}

/** Every name a column of its own stands for, for explanations. */
export function namedColumns(): { readonly name: string; readonly column: number }[] {
  return [
    ...SIGNS.flatMap(([name]) => [
      { name, column: columnOf(`sign ${name}`) },
      ...PART_KINDS.map((kind) => ({ name, column: columnOf(`sign ${kind} ${name}`) })),
    ]),
    ...DECODE_STEPS.map((name) => ({ name, column: columnOf(`step ${name}`) })),
  ]
}

function put(row: Map<number, number>, columns: ReadonlySet<number>, value: number): void {
  for (const column of columns) row.set(column, (row.get(column) ?? 0) + value)
}

function grams(names: readonly string[]): Set<number> {
  const found = new Set<number>()
  for (let i = 0; i < names.length; i += 1) {
    const [a, b, c] = [names[i] as string, names[i + 1], names[i + 2]]
    found.add(columnOf(`1 ${a}`))
    if (b !== undefined) found.add(columnOf(`2 ${a} ${b}`))
    if (c !== undefined) found.add(columnOf(`3 ${a} ${b} ${c}`))
  }
  return found
}

/** Hashed character 1- to 3-grams. */
function characterGrams(text: string): Set<number> {
  const found = new Set<number>()
  for (let i = 0; i < text.length; i += 1) {
    for (let size = 1; size <= 3 && i + size <= text.length; size += 1)
      found.add(columnOf(text.slice(i, i + size), size))
  }
  return found
}

/** Column of a name: FNV-1a, its bits mixed once more, so that the lowest ones spread. */
export function columnOf(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  return ((hash ^ (hash >>> 13)) >>> 0) & (COLUMNS - 1)
}
