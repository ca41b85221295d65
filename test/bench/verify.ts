import { readdirSync, readFileSync } from 'node:fs'
import { groundModel } from '../../engine/verify/ground.ts'
import { readWorkflow } from '../../engine/verify/read.ts'
import { search } from '../../engine/verify/search.ts'

/**
 * States a second of the search over every shipped workflow, nothing left out; the best of three,
 * after one to warm up. By processor time of this process, and by the clock.
 * `node test/bench/verify.ts [SLUG…]`
 */
const FOLDER = new URL('../../engine/workflows/', import.meta.url)
const asked = process.argv.slice(2)
const slugs = readdirSync(FOLDER, { withFileTypes: true })
  .filter((one) => one.isDirectory() && (asked.length === 0 || asked.includes(one.name)))
  .map(({ name }) => name)

process.stdout.write('workflow                 states     steps  ms clock  ms cpu  states/s cpu\n')
for (const slug of slugs) {
  const read = readWorkflow(readFileSync(new URL(`${slug}/workflow.yml`, FOLDER), 'utf8'))
  const model = read.ok ? groundModel(read.value, []) : null
  if (model === null) throw new Error(`${slug} cannot be read`)
  const times = [0, 1, 2, 3].map(() => {
    const [cpu, clock] = [process.cpuUsage(), performance.now()]
    const verdict = search(model)
    const { user, system } = process.cpuUsage(cpu)
    if (verdict.kind !== 'proved') throw new Error(`${slug}: ${verdict.kind}`)
    return { verdict, clock: performance.now() - clock, cpu: (user + system) / 1_000 }
  })
  const best = times.slice(1).reduce((a, b) => (b.cpu < a.cpu ? b : a))
  const { states, transitions } = best.verdict
  const row = [
    slug.padEnd(20),
    String(states).padStart(10),
    String(transitions).padStart(9),
    best.clock.toFixed(0).padStart(9),
    best.cpu.toFixed(0).padStart(7),
    ((1_000 * states) / best.cpu).toFixed(0).padStart(13),
  ]
  process.stdout.write(`${row.join(' ')}\n`)
}
