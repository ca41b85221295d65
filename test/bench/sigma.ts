import { readdirSync, readFileSync } from 'node:fs'
import { createRuleSet } from '../../engine/sigma/rule-set.ts'
import type { RuleSet } from '../../engine/sigma/rule-set.ts'

/**
 * Sigma at work on parsed web events of about 400 bytes of JSON: `node test/bench/sigma.ts [events]
 * [rules DIR…]`. Prints events per second for the rules that ship, for as many copies of them as
 * make `--copies` (1 by default), and from JSON text beside bare `JSON.parse`. One core, best of
 * three runs.
 */
const EVENTS = Number(process.argv[2] ?? 200_000)
const FOLDERS = process.argv.slice(3)
const SHIPPED = new URL('../../engine/rules/', import.meta.url).pathname

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

function rulesIn(folders: readonly string[], copies: number): RuleSet {
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.yml'))
      .map((name) => ({ name, text: readFileSync(`${folder}/${name}`, 'utf8') })),
  )
  const copied = Array.from({ length: copies }, (_, copy) =>
    files.map(({ name, text }) => copyOf(name, text, copy)),
  )
  const result = createRuleSet(copied.flat())
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics.slice(0, 5)))
  return result.set
}

/** The same rules under other ids and names, looking for other values. */
function copyOf(name: string, text: string, copy: number): { name: string; text: string } {
  if (copy === 0) return { name, text }
  const names = [...text.matchAll(/^name: (\S+)$/gm)].map((match) => match[1] as string)
  let changed = text.replaceAll(/^id: (\S+)$/gm, `id: $1-${copy}`)
  for (const each of names)
    changed = changed.replaceAll(new RegExp(`(name: |- )${each}$`, 'gm'), `$1${each}_${copy}`)
  changed = changed.replaceAll(/^( +- '\/?[a-z][\w./-]+)'$/gm, `$1${copy}'`)
  return { name: `${copy}-${name}`, text: changed }
}

interface Spent {
  readonly wall: number
  /** Seconds of all threads, which a busy machine does not lengthen. */
  readonly cpu: number
}

function best(run: () => void): Spent {
  let wall = Number.POSITIVE_INFINITY
  let cpu = Number.POSITIVE_INFINITY
  for (let i = 0; i < 3; i += 1) {
    const started = performance.now()
    const before = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(before)
    wall = Math.min(wall, (performance.now() - started) / 1000)
    cpu = Math.min(cpu, (user + system) / 1e6)
  }
  return { wall, cpu }
}

function rates(spent: Spent): string {
  const each = (seconds: number): string => (EVENTS / seconds).toFixed(0)
  return `${each(spent.wall)}/s (${each(spent.cpu)} per CPU second)`
}

const events = Array.from({ length: EVENTS }, (_, n) => webEvent(n))
const lines = events.map((event) => JSON.stringify(event))
const bytes = lines.reduce((sum, line) => sum + line.length, 0) / EVENTS
process.stdout.write(
  `${EVENTS} events of ${bytes.toFixed(0)} bytes, ${process.version}, ${process.arch}\n`,
)
const parsing = best(() => lines.forEach((line) => JSON.parse(line) as unknown))
process.stdout.write(`JSON.parse alone: ${rates(parsing)}\n`)

for (const copies of FOLDERS.length > 0 ? [1] : [1, 2, 4]) {
  const set = rulesIn(FOLDERS.length > 0 ? FOLDERS : [SHIPPED], copies)
  const empty = set.save()
  let matched = 0
  const parsed = best(() => {
    set.restore(empty)
    matched = 0
    for (const [n, event] of events.entries()) matched += set.step(event, n * 40).length
  })
  const fromText = best(() => {
    set.restore(empty)
    for (const [n, line] of lines.entries())
      set.step(JSON.parse(line) as Record<string, unknown>, n * 40)
  })
  const share = ((100 * parsing.cpu) / fromText.cpu).toFixed(0)
  process.stdout.write(
    `${set.rules.length} rules: parsed ${rates(parsed)}; from text ${rates(fromText)}, ` +
      `${share} % of JSON.parse; ${matched} matches\n`,
  )
}
