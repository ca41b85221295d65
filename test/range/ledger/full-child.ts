import { openLog } from '../../../range/server/ledger/open.ts'
import { LedgerError } from '../../../range/server/ledger/error.ts'
import { entry, LIVE } from './kill-load.ts'

// Appends and publishes until the disk takes nothing more; says what was acknowledged, and the
// code of the refusal. Its parent sees to it that there is little room.
const log = await openLog(process.argv[2]!, LIVE)
let acknowledged = 0
try {
  for (let tick = 0; ; tick++) {
    await log.append([entry(acknowledged)])
    acknowledged += 1
    if (tick % 7 === 0) await log.publish(tick)
  }
} catch (error) {
  const code = error instanceof LedgerError ? error.code : String(error)
  const said = error instanceof Error ? error.message : ''
  process.stdout.write(JSON.stringify({ acknowledged, code, said }))
}
