import { createRuleSet } from '../../engine/sigma/rule-set.ts'
import type { RuleSet } from '../../engine/sigma/rule-set.ts'
import { naiveMatcher } from './sigma-peer.ts'
import { commonShapes, rulesIn, W3C } from './sigma-rules.ts'
import type { RuleFile } from './sigma-rules.ts'

/**
 * Sigma at work on parsed web events of about 550 bytes of JSON: `node test/bench/sigma.ts [events]
 * [rules DIR…]`. Prints events per second for the shipped rules that read web requests, with as
 * many of common shapes as make 60; for all that ship; and for these with as many of common shapes
 * as make 142; beside a naive matcher and, from JSON text, beside bare
 * `JSON.parse`. One core, best of three runs that take turns.
 */
const EVENTS = Number(process.argv[2] ?? 200_000)
const FOLDERS = process.argv.slice(3)
const SHIPPED = new URL('../../engine/rules/', import.meta.url).pathname
/** Files of the rules that read web requests. */
const WEB = /^(?:web_|shop_|stored_script|look_alike_shops|gift_codes|virtual_goods)/
/** So many different events are seen again and again, as a log's latest lines lie in memory. */
const DIFFERENT = 20_000
const RUNS = 3

const PATHS = [
  '/',
  '/product/mug-12',
  '/search',
  '/cart',
  '/checkout',
  '/img/p/mug-12.webp',
  '/account/orders',
]
const QUERIES = [
  '',
  'q=blue+mug&sort=price',
  'utm_source=feed&utm_campaign=Feed%3A+news%2Fmain',
  'page=2',
  '',
]
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)',
]

function webEvent(n: number): Record<string, unknown> {
  const pick = <T>(from: readonly T[], salt: number): T =>
    from[(n * 7 + salt * n * n) % from.length] as T
  return {
    class_uid: 4002,
    category_uid: 4,
    activity_id: 1,
    severity_id: 1,
    time: n * 40,
    metadata: { uid: `t-${n}`, version: '1.5.0', product: { name: 'shop' }, log_name: 'access' },
    http_request: {
      http_method: n % 9 === 0 ? 'POST' : 'GET',
      url: { hostname: 'shop.example', path: pick(PATHS, 3), query_string: pick(QUERIES, 5) },
      user_agent: pick(AGENTS, 1),
      referrer: 'https://shop.example/',
      length: 0,
    },
    http_response: { code: n % 40 === 0 ? 404 : 200, length: 5_000 + (n % 900) },
    duration: 12,
    src_endpoint: { ip: `100.64.${n % 5}.${(n * 13) % 200}` },
  }
}

function setOf(files: readonly RuleFile[]): RuleSet {
  const result = createRuleSet(files, { pipeline: W3C })
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics.slice(0, 5)))
  return result.set
}

interface Spent {
  wall: number
  /** Seconds of all threads, which a busy machine does not lengthen. */
  cpu: number
}

/** The best of several runs of each, which take turns, so that all meet the same neighbours. */
function best(runs: readonly (() => void)[]): Spent[] {
  const spent = runs.map((): Spent => ({ wall: Infinity, cpu: Infinity }))
  for (let i = 0; i < RUNS; i += 1) {
    for (const [index, run] of runs.entries()) {
      const started = performance.now()
      const before = process.cpuUsage()
      run()
      const { user, system } = process.cpuUsage(before)
      const own = spent[index] as Spent
      own.wall = Math.min(own.wall, (performance.now() - started) / 1000)
      own.cpu = Math.min(own.cpu, (user + system) / 1e6)
    }
  }
  return spent
}

function rates(spent: Spent): string {
  const each = (seconds: number): string => (EVENTS / seconds).toFixed(0)
  return `${each(spent.wall)}/s (${each(spent.cpu)} per CPU second)`
}

function perCpu(spent: Spent): number {
  return EVENTS / spent.cpu
}

const events = Array.from({ length: Math.min(EVENTS, DIFFERENT) }, (_, n) => webEvent(n))
const lines = events.map((event) => JSON.stringify(event))
const bytes = lines.reduce((sum, line) => sum + line.length, 0) / lines.length
const eventAt = (n: number): Record<string, unknown> => events[n % events.length] as never
const parseAt = (n: number): Record<string, unknown> =>
  JSON.parse(lines[n % lines.length] as string)

function measure(files: readonly RuleFile[]): void {
  const set = setOf(files)
  const naive = naiveMatcher(files, W3C)
  const empty = set.save()
  let matched = 0
  let found = 0
  const through = (read: (n: number) => Record<string, unknown>) => (): void => {
    set.restore(empty)
    matched = 0
    for (let n = 0; n < EVENTS; n += 1) matched += set.step(read(n), n * 40).length
  }
  const [parsing, parsed, text, peer] = best([
    () => {
      for (let n = 0; n < EVENTS; n += 1) parseAt(n)
    },
    through(eventAt),
    through(parseAt),
    () => {
      found = 0
      for (let n = 0; n < EVENTS; n += 1) found += naive(eventAt(n))
    },
  ]) as [Spent, Spent, Spent, Spent]
  const share = ((100 * perCpu(text)) / perCpu(parsing)).toFixed(0)
  process.stdout.write(
    `${set.rules.length} rules: parsed ${rates(parsed)}; from text ${rates(text)}, ` +
      `${share} % of JSON.parse (${perCpu(parsing).toFixed(0)}); naive ${rates(peer)}, ` +
      `${(perCpu(parsed) / perCpu(peer)).toFixed(1)} times slower; ` +
      `${matched} matches raised, ${found} rules hold\n`,
  )
}

process.stdout.write(
  `${EVENTS} events of ${bytes.toFixed(0)} bytes, ${process.version}, ${process.arch}\n`,
)
if (FOLDERS.length > 0) measure(FOLDERS.flatMap((folder) => rulesIn(folder)))
else {
  const shipped = rulesIn(SHIPPED)
  const web = shipped.filter(({ name }) => WEB.test(name))
  for (const [files, count] of [[web, 60] as const, [shipped, 0] as const, [shipped, 142] as const])
    measure([...files, ...commonShapes(Math.max(0, count - setOf(files).rules.length))])
}
