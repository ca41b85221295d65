import { connectSeat, type SeatConnection } from '../../range/client/socket/seat.ts'

/** What the parent asks for, as one JSON argument. */
export interface LoadOrder {
  readonly url: string
  readonly exercise: string
  readonly tokens: readonly string[]
  readonly trainer: string
  readonly actions: number
  readonly everyMs: number
}
/**
 * Milliseconds from an action to each screen, and to the last of them; the load's own share of a
 * core.
 */
export interface LoadReport {
  readonly each: readonly number[]
  readonly last: readonly number[]
  readonly missed: number
  readonly cpuShare: number
}

const PATIENCE_MS = 10_000

/**
 * Players whose screens all show what the trainer says: each message is timed at every one of them.
 */
async function load(order: LoadOrder): Promise<LoadReport> {
  const open = (token: string): SeatConnection =>
    connectSeat({ exercise: order.exercise, token, url: order.url, headers: { origin: order.url } })
  const trainer = open(order.trainer)
  const players = order.tokens.map(open)
  await Promise.all([trainer, ...players].map(shown))
  const watch = watchMessages(players)
  const each: number[] = []
  const last: number[] = []
  let missed = 0
  const cpu = process.cpuUsage()
  const start = performance.now()
  for (let nth = 0; nth < order.actions; nth++) {
    const times = watch(`word ${nth}`)
    const from = performance.now()
    void trainer.act({
      kind: 'Say',
      to: ['attacker', 'defender', 'customer', 'screen'],
      text: `word ${nth}`,
    })
    const late = new Promise<null>((done) => setTimeout(done, PATIENCE_MS, null).unref())
    const seen = await Promise.race([times, late])
    if (seen === null) missed += 1
    else {
      const waits = seen.map((at) => at - from)
      each.push(...waits)
      last.push(Math.max(...waits))
    }
    await new Promise((done) =>
      setTimeout(done, Math.max(0, order.everyMs - (performance.now() - from))),
    )
  }
  const { user, system } = process.cpuUsage(cpu)
  const cpuShare = (user + system) / 1000 / (performance.now() - start)
  for (const one of [trainer, ...players]) one.close()
  return { each, last, missed, cpuShare }
}

function shown(connection: SeatConnection): Promise<void> {
  return new Promise((done) => {
    const stop = connection.subscribe(({ view }) => {
      if (view === null) return
      setImmediate(() => stop())
      done()
    })
  })
}

/** Gives, for a text, when each player's view first held it. */
function watchMessages(players: readonly SeatConnection[]): (text: string) => Promise<number[]> {
  let wanted = ''
  let times: (number | null)[] = []
  let left = 0
  let resolve: (times: number[]) => void = () => undefined
  for (const [i, player] of players.entries()) {
    player.subscribe(({ view }) => {
      if (wanted === '' || times[i] !== null || view?.messages.at(-1)?.text !== wanted) return
      times[i] = performance.now()
      left -= 1
      if (left === 0) resolve(times as number[])
    })
  }
  return (text) =>
    new Promise((done) => {
      wanted = text
      times = players.map(() => null)
      left = players.length
      resolve = done
    })
}

const order = JSON.parse(process.argv[2] ?? '{}') as LoadOrder
process.stdout.write(JSON.stringify(await load(order)), () => process.exit(0))
