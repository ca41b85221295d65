import { writeSync } from 'node:fs'
import { openLog } from '../../../range/server/ledger/open.ts'
import { entry, LIVE } from './kill-load.ts'

// Appends under load until it is killed; says on standard output what was acknowledged.
const log = await openLog(process.argv[2]!, LIVE)
let next = log.size === 0 ? 0 : [...log.entries()].length

async function client(): Promise<never> {
  for (;;) {
    const n = next++
    await log.append([entry(n), entry(n)])
    writeSync(1, `${n}\n`)
  }
}

async function ticks(): Promise<never> {
  for (let tick = 0; ; tick++) await log.publish(tick)
}

await Promise.all([ticks(), ...Array.from({ length: 32 }, client)])
