/**
 * Random Sigma rules and correlations against the definition and against SQLite: `--rules N` of
 * each (300,000 if not said), from `--seed S`. Prints the smallest case that differs; exits 1.
 */
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { createRuleSet, type RuleSet } from '../../engine/sigma/rule-set.ts'
import { correlate, decide, toYaml } from '../oracle/sigma.ts'
import { ASCII, BASES, LETTERS, count, eventOf, ruleOf, stream } from '../oracle/sigma-random.ts'
import { SqlSigma } from '../oracle/sigma-sql.ts'

const { values } = parseArgs({
  options: {
    rules: { type: 'string', default: '300000' },
    seed: { type: 'string', default: '1' },
  },
})
const numRuns = Number(values.rules)
const seed = Number(values.seed)
if (!Number.isSafeInteger(numRuns) || numRuns < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write('--rules and --seed take whole numbers\n')
  process.exit(2)
}
const sql = new SqlSigma()

function load(yaml: string): RuleSet {
  const result = createRuleSet([{ name: 'random.yml', text: yaml }])
  if (result.ok) return result.set
  throw new Error(JSON.stringify(result.diagnostics))
}

const same = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join()

const properties = {
  'rules against the definition': fc.property(
    ruleOf(LETTERS),
    fc.array(eventOf(LETTERS), { minLength: 1, maxLength: 8 }),
    (rule, events) => {
      const set = load(toYaml([rule]))
      return events.every((each, i) => set.step(each, i).length > 0 === decide(rule, each))
    },
  ),
  'rules against SQL': fc.property(
    ruleOf(ASCII),
    fc.array(eventOf(ASCII), { minLength: 1, maxLength: 12 }),
    (rule, events) => {
      const set = load(toYaml([rule]))
      const found = events.flatMap((each, i) => (set.step(each, i).length > 0 ? [i] : []))
      return same(found, sql.matching(rule, events))
    },
  ),
  'correlations against both': fc.property(count, stream, (counted, timed) => {
    const set = load(toYaml(BASES, [counted]))
    const found = timed.flatMap(({ seconds, event }, i) =>
      set.step(event, seconds * 1000).some((match) => match.ruleId === 'C0') ? [i] : [],
    )
    return (
      same(found, sql.correlating(counted, BASES, timed)) &&
      same(found, correlate(counted, BASES, timed))
    )
  }),
}

for (const [name, property] of Object.entries(properties)) {
  const details = await fc.check(property as fc.IProperty<unknown>, { numRuns, seed })
  process.stdout.write(`${name}: ${details.numRuns} runs, seed ${seed}\n`)
  if (!details.failed) continue
  process.stdout.write(
    `${JSON.stringify(details.counterexample)}\n${String(details.errorInstance)}\n`,
  )
  process.exitCode = 1
}
sql.close()
