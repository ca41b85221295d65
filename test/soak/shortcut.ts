/**
 * The whole search for shortcuts in the data: days of eight hours with every attack at an hour of
 * its own, each stealth by itself. Prints what comes nearest; exits 1 where something gives an
 * attack away undeclared.
 */
import { shortcuts } from '../range/telemetry/shortcut-learner.ts'
import { AUC_MAX, inWords, isDeclared } from '../range/telemetry/shortcut-tells.ts'
import { labelledRun, type Labelled } from '../range/telemetry/shortcut.ts'

const SHOWN = 12

for (const stealth of [0, 0.4, 0.8]) {
  const runs = (from: number): Labelled[] =>
    Array.from({ length: 10 }, (_, i) =>
      labelledRun(from + i, { minutes: 480, from: 15, to: 440, stealth }),
    ).flat()
  const found = shortcuts(runs(1), runs(11))
  const open = found.filter((one) => !isDeclared(one))
  const bad = open.filter((one) => one.auc > AUC_MAX)
  process.stdout.write(
    `stealth ${stealth}: ${found.length} fields and patterns, ${bad.length} give an attack away\n`,
  )
  for (const one of open.slice(0, SHOWN)) process.stdout.write(`  ${inWords(one)}\n`)
  if (bad.length > 0) process.exitCode = 1
}
