/**
 * A thousand kills -9 under load, or as many as `KILLS` says: prints what came of them; exits 1
 * where an acknowledged entry was lost, a batch split, or two heads of one size signed.
 */
import { killRuns } from '../range/ledger/kill-runs.ts'

const runs = Number(process.env['KILLS'] ?? 1000)
const seed = Number(process.env['SEED'] ?? 1)

const sums = await killRuns({ runs, lanes: 2, seed }, (now) => {
  if (now.runs % 100 === 0) process.stdout.write(`${now.runs} kills\n`)
})
const { acknowledged, signed, beyond, complaints } = sums
process.stdout.write(
  `${sums.runs} kills under load (seed ${seed}): ${acknowledged} batches acknowledged, ` +
    `${signed} heads signed, ${beyond} times more stood there than acknowledged; ${complaints.length} complaints\n`,
)
for (const line of complaints.slice(0, 20)) process.stdout.write(`  ${line}\n`)
if (complaints.length > 0 || sums.runs !== runs) process.exitCode = 1
