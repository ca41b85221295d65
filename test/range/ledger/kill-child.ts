import { writeSync } from 'node:fs'
import { nodeDisk, type Disk, type DiskFile } from '../../../range/server/ledger/disk.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { entry, LIVE, type KillPoint } from './kill-load.ts'

// Appends under load until it is killed, by its parent or, at a stated call of the write path, by
// itself; says on standard output what was acknowledged and what was signed.
const point: KillPoint | undefined = JSON.parse(process.argv[3]!)
let calls = 0

/** Ends this process as `kill -9` does where `point` says so, `torn` of its work being done. */
function dieHere(torn: (share: number) => void): void {
  calls += 1
  if (point === undefined || point === null || calls !== point.call) return
  torn(point.share)
  process.kill(process.pid, 'SIGKILL')
}

function mortal(file: DiskFile): DiskFile {
  return {
    ...file,
    append(data) {
      dieHere((share) => file.append(data.subarray(0, Math.floor(data.length * share))))
      file.append(data)
    },
    async sync() {
      dieHere(() => undefined)
      await file.sync()
      dieHere(() => undefined)
    },
  }
}

const disk: Disk = {
  ...nodeDisk,
  open: (path) => mortal(nodeDisk.open(path)),
  async replace(path, data, durable) {
    dieHere((share) => nodeDisk.write(`${path}.new`, Buffer.from(data).subarray(0, share * 99)))
    await nodeDisk.replace(path, data, durable)
    dieHere(() => undefined)
  },
}

const log = await openLog(process.argv[2]!, { ...LIVE, disk })
let next = Number(process.argv[4])

async function client(): Promise<never> {
  for (;;) {
    const n = next++
    await log.append([entry(n), entry(n)])
    writeSync(1, `${n}\n`)
  }
}

async function ticks(): Promise<never> {
  for (let tick = 0; ; tick++) {
    const { size } = await log.publish(tick)
    writeSync(1, `signed ${size} ${log.head(size).root}\n`)
  }
}

await Promise.all([ticks(), ...Array.from({ length: 12 }, client)])
