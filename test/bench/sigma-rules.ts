import { readdirSync, readFileSync } from 'node:fs'
import type { Pipeline } from '../../engine/sigma/pipeline.ts'

export interface RuleFile {
  readonly name: string
  readonly text: string
}

/** Rules of the shapes below name fields as web servers and proxies log them. */
export const W3C: Pipeline = {
  logsources: [
    {
      when: { category: 'webserver' },
      fields: {
        'cs-method': 'http_request.http_method',
        'cs-uri': 'http_request.url.path',
        'cs-uri-stem': 'http_request.url.path',
        'cs-uri-query': 'http_request.url.query_string',
        'cs-user-agent': 'http_request.user_agent',
        'cs-referer': 'http_request.referrer',
        'sc-status': 'http_response.code',
      },
      conditions: { class_uid: 4002 },
    },
    {
      when: { category: 'proxy' },
      fields: {
        'c-uri': 'http_request.url.path',
        'c-uri-query': 'http_request.url.query_string',
        'c-useragent': 'http_request.user_agent',
        'cs-host': 'http_request.url.hostname',
        'cs-method': 'http_request.http_method',
        'sc-bytes': 'http_response.length',
      },
      conditions: { class_uid: 4002 },
    },
  ],
}

export function rulesIn(folder: string): RuleFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => ({ name, text: readFileSync(`${folder}/${name}`, 'utf8') }))
}

const WARES = [
  'orion',
  'kestrel',
  'mapleweb',
  'tidegate',
  'northmail',
  'forgebox',
  'lumen',
  'quarry',
]
const PAGES = ['login', 'setup', 'export', 'upload', 'invoke', 'console', 'backup', 'report']
const FILES = ['jsp', 'aspx', 'php', 'cgi', 'ashx', 'do']
const WORDS = ['cmd', 'exec', 'template', 'redirect', 'include', 'class', 'eval', 'target']
const AGENTS = ['fetcher', 'probe', 'crawlkit', 'pwnlib', 'dropper', 'beacon', 'scanbot', 'stager']

/**
 * `count` rules as collections of rules for web servers and proxies have them: lists of parts of a
 * path, parameters with several texts at once, agents, expressions, exceptions. The values are
 * invented.
 */
export function commonShapes(count: number): RuleFile[] {
  const text = Array.from({ length: count }, (_, n) => shapeOf(n)).join('---\n')
  return count === 0 ? [] : [{ name: 'shapes.yml', text }]
}

function shapeOf(n: number): string {
  const shape = SHAPES[n % SHAPES.length] as (n: number) => string
  return `title: Shape ${n}\nid: shape-${n}\nlevel: high\n${shape(n)}`
}

const pick = (from: readonly string[], n: number): string => from[n % from.length] as string
const listed = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(', ')
const web = (detection: string): string =>
  `logsource: {category: webserver}\ndetection:${detection}`
const proxy = (detection: string): string => `logsource: {category: proxy}\ndetection:${detection}`

const SHAPES: readonly ((n: number) => string)[] = [
  (n) =>
    web(`
  selection:
    cs-method: POST
    cs-uri-stem|contains: [${listed(PAGES.map((page) => `/${pick(WARES, n)}${n}/${page}.`))}]
    sc-status: 200
  condition: selection
`),
  (n) =>
    web(`
  selection_path: {cs-uri-stem|endswith: '/${pick(WARES, n)}/${pick(PAGES, n)}${n}.${pick(FILES, n)}'}
  selection_query:
    cs-uri-query|contains: [${listed(WORDS.map((word) => `${word}${n}=%7b`))}]
  filter: {cs-referer|startswith: 'https://${pick(WARES, n)}.example/'}
  condition: 1 of selection_* and not filter
`),
  (n) =>
    proxy(`
  selection:
    c-useragent|contains: [${listed(AGENTS.map((agent, i) => `${agent}-${n}.${i}`))}]
  condition: selection
`),
  (n) =>
    web(`
  selection:
    cs-uri-query|contains|all: ['${pick(WORDS, n)}${n}=', '../', '%00']
  condition: selection
`),
  (n) =>
    proxy(`
  selection:
    c-uri|endswith: [${listed(FILES.map((file) => `/${pick(AGENTS, n)}${n}.${file}`))}]
    cs-method: [GET, HEAD]
  filter_size: {sc-bytes|lt: 100}
  filter_own: {cs-host|endswith: '.${pick(WARES, n)}.example'}
  condition: selection and not 1 of filter_*
`),
  (n) =>
    web(`
  selection:
    cs-uri-query|re: '(?i)${pick(WORDS, n)}${n}=(?:%24|\\$)\\{[a-z]{2,8}:'
  condition: selection
`),
  (n) =>
    proxy(`
  selection: {c-useragent|startswith: '${pick(AGENTS, n)}/${n}'}
  selection_exact: {c-useragent: ['${pick(AGENTS, n)}', 'Mozilla/4.0 (${pick(WARES, n)} ${n})']}
  condition: 1 of selection*
`),
  (n) =>
    web(`
  keywords: {cs-uri-query|contains: ['${pick(WORDS, n)}(${n})', '${pick(WORDS, n)}%28${n}%29']}
  path: {cs-uri-stem|contains|all: ['/${pick(WARES, n)}/', '.${pick(FILES, n)}', ';${n}']}
  status: {sc-status: [200, 302, 500]}
  condition: (keywords or path) and status
`),
]
