import { ALLOWED_HOSTS, SHOP_HOST } from './shop-scripts.ts'
import type { ShopState } from './types-shop.ts'

/** What a browser does because of one script. */
export interface Effect {
  readonly host: string
  readonly path: string
  /** When the page has loaded, or when the payment form is sent. */
  readonly when: 'load' | 'submit'
  /** True when the value of the card field goes along. */
  readonly card: boolean
  /** Share of occasions, per mille, that the program goes through with it. */
  readonly permille: number
  /** False where the program keeps still in a browser that says it is driven by a program. */
  readonly automated: boolean
}

/**
 * Reads a program and says which hosts it calls, when, and whether the card field goes along. It
 * understands string literals joined by `+`, `atob`, `String.fromCharCode`, `reverse` and `join`;
 * calls by sendBeacon, fetch, XMLHttpRequest and image addresses; the submit listener of a form;
 * and `Math.random()` compared with a number. A program outside this language has no effects here,
 * although it may have in a real browser (SPEC W14).
 */
export function effectsOf(text: string): readonly Effect[] {
  const known = memo.get(text)
  if (known) return known
  const effects = read(text)
  if (memo.size < 500) memo.set(text, effects)
  return effects
}
const memo = new Map<string, readonly Effect[]>()

function read(text: string): readonly Effect[] {
  const plain = resolveStrings(stripComments(text))
  const submitFrom = plain.search(/addEventListener\(\s*'submit'/)
  const permille = samplingOf(plain)
  const automated = !/if\s*\(\s*navigator\.webdriver\s*\)\s*return/.test(plain)
  const effects: Effect[] = []
  for (const match of plain.matchAll(CALL)) {
    const address = /^(?:https?:)?\/\/([a-z0-9.-]+)(\/[^'?]*)?/.exec(
      match[1] ?? match[2] ?? match[3] ?? match[4] ?? '',
    )
    if (!address) continue
    const submit = submitFrom >= 0 && match.index > submitFrom
    const card = submit && CARD_FIELD.test(plain)
    effects.push({
      host: address[1]!,
      path: address[2] ?? '/',
      when: submit ? 'submit' : 'load',
      card,
      permille,
      automated,
    })
  }
  return effects
}
const CALL =
  /sendBeacon\(\s*'([^']*)'|fetch\(\s*'([^']*)'|\.src\s*=\s*'([^']*)'|\.open\(\s*'[A-Z]+'\s*,\s*'([^']*)'/g
const CARD_FIELD = /elements(?:\.card|\['card'\])|\[name="?card"?\]/

/**
 * `if (Math.random() >= 0.6) return` and `if (Math.random() < 0.6) {…}` both go through in six of
 * ten cases.
 */
function samplingOf(text: string): number {
  const match = /Math\.random\(\)\s*(<|>=?)\s*(0?\.\d+|1)/.exec(text)
  return match ? Math.round(Number(match[2]) * 1000) : 1000
}

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[\s;{}])\/\/[^\n]*/g, '$1')
}

/**
 * Replaces every expression of string literals by the literal it makes, until nothing changes; at
 * most 40 rounds.
 */
function resolveStrings(text: string): string {
  let now = text.replace(/"([^"'\n]*)"/g, "'$1'")
  for (let round = 0; round < 40; round++) {
    const next = now
      .replace(
        /atob\(\s*'([A-Za-z0-9+/=]*)'\s*\)/g,
        (_all, coded: string) => `'${fromBase64(coded)}'`,
      )
      .replace(
        /String\.fromCharCode\(([\d,\s]*)\)/g,
        (_all, list: string) =>
          `'${String.fromCharCode(...list.split(',').slice(0, 500).map(Number))}'`,
      )
      .replace(
        /'([^']*)'\.split\(''\)\.reverse\(\)\.join\(''\)/g,
        (_all, word: string) => `'${[...word].reverse().join('')}'`,
      )
      .replace(
        /\[((?:\s*'[^']*'\s*,?)+)\]\.join\(''\)/g,
        (_all, list: string) =>
          `'${[...list.matchAll(/'([^']*)'/g)].map((part) => part[1]).join('')}'`,
      )
      .replace(/'([^']*)'\s*\+\s*'([^']*)'/g, "'$1$2'")
    const named = inlineNames(next)
    if (named === now) break
    now = named
  }
  return now
}
/** `var h = 'a.example'` makes later uses of `h` in a call or a sum the literal itself. */
function inlineNames(text: string): string {
  let now = text
  for (const match of text.matchAll(
    /(?:var|let|const)\s+([A-Za-z_$][\w$]*)\s*=\s*('[^']*')\s*[;\n]/g,
  )) {
    const [all, name, value] = match as unknown as [string, string, string]
    const before = now.indexOf(all) + all.length
    const uses = new RegExp(`([(+,=]\\s*)${name.replace(/\$/g, '\\$')}(?=\\s*[+,);])`, 'g')
    now =
      now.slice(0, before) + now.slice(before).replace(uses, (_use, lead: string) => lead + value)
  }
  return now
}
function fromBase64(coded: string): string {
  try {
    return atob(coded)
  } catch {
    return ''
  }
}

/** Hosts named in a text as a scanner reads them: plainly, without running anything. */
export function hostsNamed(text: string): readonly string[] {
  return [
    ...new Set(
      [...text.matchAll(/(?:https?:)?\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)/g)].map(
        (match) => match[1]!,
      ),
    ),
  ]
}

/**
 * What the policy makes of a call: `report` when it is sent and told, `blocked` when it is stopped
 * and told.
 */
export function policyOn(csp: ShopState['csp'], host: string): 'allowed' | 'report' | 'blocked' {
  if (host === SHOP_HOST) return 'allowed'
  if (csp.blocked.includes(host)) return 'blocked'
  if (csp.allowed.some((pattern) => matches(pattern, host))) return 'allowed'
  return csp.enforce ? 'blocked' : 'report'
}
function matches(pattern: string, host: string): boolean {
  return pattern === '*'
    ? true
    : pattern.startsWith('*.')
      ? host.endsWith(pattern.slice(1))
      : pattern === host
}

/**
 * The shop's policy as header name and value, in the shop's own words (hosts, not cage paths). A
 * blocked host turns it on: an enforced list without the blocked hosts, a wildcard that covers one
 * replaced by the partner's named host.
 */
export function policyHeader(csp: ShopState['csp']): {
  readonly name: string
  readonly value: string
} {
  const list = csp.allowed.flatMap((pattern) =>
    csp.blocked.some((host) => matches(pattern, host))
      ? ALLOWED_FALLBACK.filter((host) => matches(pattern, host) && !csp.blocked.includes(host))
      : [pattern],
  )
  const hosts = list.map((host) => (host === SHOP_HOST ? "'self'" : `https://${host}`)).join(' ')
  const value = `script-src ${hosts} 'unsafe-inline'; connect-src ${hosts}; img-src ${hosts} data:; report-uri /~csp`
  return {
    name: csp.enforce ? 'Content-Security-Policy' : 'Content-Security-Policy-Report-Only',
    value,
  }
}
const ALLOWED_FALLBACK = [
  'count.visitlog.example',
  ...ALLOWED_HOSTS.filter((host) => !host.startsWith('*')),
]
