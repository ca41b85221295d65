/**
 * The town at work: `node test/bench/town.ts [virtual hours]`. Prints virtual seconds per second of
 * the town alone, with its telemetry, with every detector on, and as a whole exercise (digests,
 * score and views' memory too); and telemetry events per second of all detectors alone. One
 * process, one thread, a market day with its four attacks at stealth 0.4. By the clock and by
 * processor time, which tells more on a busy machine. Best of RUNS.
 */
import { cpus } from 'node:os'
import type { Telemetry } from '../../engine/event/telemetry.ts'
import { prepareScenario, startSimulation } from '../../range/server/cli/simulate.ts'
import { loadEngineParts, newEngine } from '../../range/server/engine-parts.ts'
import { createObserver, observe } from '../../range/telemetry/observe.ts'
import { advance, apply } from '../../range/world/kernel.ts'
import { createTownSim } from '../../range/world/town-sim.ts'
import type { Happened, WorldConfig } from '../../range/world/types.ts'

const HOURS = Number(process.argv[2] ?? 4)
const RUNS = 3
const SEED = 5
const LAUNCH_AFTER_MS = 30 * 60_000

interface Figure {
  readonly wall: number
  readonly cpu: number
}

/** Seconds by the clock and by processor; the best of RUNS after one run to warm up. */
function best(work: () => void): Figure {
  work()
  const runs = Array.from({ length: RUNS }, (): Figure => {
    const [from, used] = [performance.now(), process.cpuUsage()]
    work()
    const { user, system } = process.cpuUsage(used)
    return { wall: (performance.now() - from) / 1000, cpu: (user + system) / 1e6 }
  })
  return {
    wall: Math.min(...runs.map(({ wall }) => wall)),
    cpu: Math.min(...runs.map(({ cpu }) => cpu)),
  }
}

function print(
  name: string,
  amount: number,
  unit: string,
  { wall, cpu }: Figure,
  aim: number,
): void {
  const figures = `${Math.round(amount / wall)} ${unit} per second, ${Math.round(amount / cpu)} per second of processor`
  process.stdout.write(`${name.padEnd(34)} ${figures}${aim > 0 ? ` (aim ${aim})` : ''}\n`)
}

/** Runs the town second by second; `see` gets each second's telemetry, where it is asked for. */
function play(
  config: WorldConfig,
  see: ((telemetry: readonly Telemetry[], now: number) => void) | null,
): void {
  const sim = createTownSim(config)
  let observer = createObserver(config)
  const end = config.start + HOURS * 3_600_000
  for (let now = config.start + 1000; now <= end; now += 1000) {
    const happened: Happened[] = []
    const emit = (one: Happened): void => void happened.push(one)
    if (now === config.start + LAUNCH_AFTER_MS) {
      for (const technique of ['W1', 'P2', 'I1', 'D1']) {
        const run = sim.world.attacks.runs.length
        apply(
          sim,
          { kind: 'LaunchAttack', run, technique, params: { stealth: 0.4 }, delayMs: 0 },
          { kind: 'player', seat: 'crew' },
          emit,
        )
      }
    }
    advance(sim, now, emit)
    if (see === null) continue
    const seen = observe(sim.world, happened, observer)
    observer = seen.state
    see(seen.telemetry, now)
  }
}

const parts = await loadEngineParts()
const prepared = prepareScenario('market-day', ['stealth=0.4'], [])
if ('error' in prepared) throw new Error(prepared.error)
const config: WorldConfig = { ...prepared.scenario.world, seed: SEED }
const virtual = HOURS * 3600

process.stdout.write(
  `${cpus().length} × ${cpus()[0]?.model ?? 'processor'}, Node ${process.version}, ${HOURS} virtual hours\n`,
)
print(
  'town',
  virtual,
  'virtual seconds',
  best(() => {
    play(config, null)
  }),
  0,
)
print(
  'town and telemetry',
  virtual,
  'virtual seconds',
  best(() => {
    play(config, () => {})
  }),
  20_000,
)
print(
  'town, telemetry, every detector',
  virtual,
  'virtual seconds',
  best(() => {
    const engine = newEngine(parts, SEED)
    play(config, (telemetry, now) => {
      for (const event of telemetry) engine.step(event)
      engine.tick(now)
    })
  }),
  4_000,
)
print(
  'a whole exercise',
  virtual,
  'virtual seconds',
  best(() => {
    const steps = startSimulation(parts, prepared, { seed: SEED, hours: HOURS, defended: true })
    while (steps.next().done !== true);
  }),
  0,
)

const recorded: { readonly now: number; readonly telemetry: readonly Telemetry[] }[] = []
play(config, (telemetry, now) => {
  recorded.push({ now, telemetry })
})
const events = recorded.reduce((sum, { telemetry }) => sum + telemetry.length, 0)
print(
  'every detector alone',
  events,
  'events',
  best(() => {
    const engine = newEngine(parts, SEED)
    for (const { now, telemetry } of recorded) {
      for (const event of telemetry) engine.step(event)
      engine.tick(now)
    }
  }),
  0,
)
