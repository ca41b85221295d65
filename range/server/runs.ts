import { join } from 'node:path'
import { createRun, type FullRun, type RunOptions } from '../exercise/run.ts'
import type { Input } from '../exercise/types.ts'
import { SHOP_HOST } from '../world/shop-scripts.ts'
import { devicesOf, openDevices, type Devices } from './devices.ts'
import { newEngine, versionsOf, type EngineParts } from './engine-parts.ts'
import type { Log } from './ledger/log.ts'
import { openLog } from './ledger/open.ts'
import { OrderBook } from './order-book.ts'
import { replayLog, type Learned } from './replay-log.ts'
import { entryOf } from './logged.ts'
import { originOf } from '../protocol/log-origin.ts'
import type { Mode, Refused } from './rooms-answers.ts'
import { loadScenario, type Loaded } from './scenarios.ts'
import type { WordOf } from './word-fields.ts'

/** What a run is made from, as the list of exercises keeps it. */
export interface RunAsked {
  readonly id: string
  readonly code: string
  readonly mode: Mode
  readonly scenario: string
  readonly seed: number
  readonly lengthMinutes?: number | undefined
}
type Sound = Extract<Loaded, { readonly ok: true }>
interface Made {
  readonly run: FullRun
  readonly log: Log
  readonly devices: Devices
}

interface RunsParts {
  readonly parts: EngineParts
  readonly capOf: (exercise: string, seat: string) => string
  readonly wordOf: WordOf
}

/** Runs with their logs in the data folder: begun anew, or rebuilt from what the log holds. */
export class Runs {
  readonly #dir: string
  readonly #parts: EngineParts
  readonly #capOf: RunsParts['capOf']
  readonly #wordOf: WordOf

  constructor(dir: string, { parts, capOf, wordOf }: RunsParts) {
    this.#dir = dir
    this.#parts = parts
    this.#capOf = capOf
    this.#wordOf = wordOf
  }

  dirOf(id: string): string {
    return join(this.#dir, 'exercises', id)
  }

  /** A new run whose opening is durable. Refused: a scenario that is broken or not there. */
  async begin(asked: RunAsked): Promise<({ readonly ok: true } & Made) | Refused> {
    const loaded = loadScenario(asked.scenario)
    if (!loaded.ok)
      return { ok: false, status: 400, reason: `scenario: ${loaded.mistakes[0] ?? 'broken'}` }
    const { slug, digest, lengthMinutes } = loaded.scenario
    const log = await this.#log(asked.id)
    const run = createRun(this.#options(asked, loaded))
    const opened: Input = {
      at: run.now(),
      kind: 'Opened',
      scenario: slug,
      scenarioDigest: digest,
      versions: versionsOf(this.#parts),
      seed: asked.seed,
      lengthMinutes: asked.lengthMinutes ?? lengthMinutes,
      mode: asked.mode,
    }
    const devices = this.#devices(asked.id)
    await log.append([
      entryOf(opened),
      ...devices.takeIn(opened.at, devicesOf(run.state.town.world())),
    ])
    run.apply(opened)
    return { ok: true, run, log, devices }
  }

  /** The run that a log tells of, and what its players were answered; or why it cannot be had. */
  async rebuild(row: RunAsked): Promise<(Made & Learned) | { readonly error: string }> {
    const again = this.again(row)
    if ('error' in again) return again
    const log = await this.#log(row.id)
    const run = createRun(again.options())
    const learned: Learned = {
      answers: new Map(),
      orders: new OrderBook(),
      keys: new Map(),
    }
    const wrong = await replayLog(run, log, versionsOf(this.#parts), learned, this.#wordOf)
    if (wrong === null) return { run, log, devices: this.#devices(row.id), ...learned }
    await log.close()
    return { error: wrong }
  }

  /** How to make the same run again, as often as somebody asks what would have happened. */
  again(row: RunAsked): { readonly options: () => RunOptions } | { readonly error: string } {
    const loaded = loadScenario(row.scenario)
    return loaded.ok
      ? { options: () => this.#options(row, loaded) }
      : { error: loaded.mistakes[0] ?? 'the scenario is broken' }
  }

  #log(id: string): Promise<Log> {
    return openLog(this.dirOf(id), { origin: originOf(id), mode: 'live' })
  }

  #devices(id: string): Devices {
    return openDevices(this.dirOf(id), originOf(id))
  }

  #options(asked: RunAsked, { scenario, playbooks }: Sound): RunOptions {
    const { id, code, mode, seed } = asked
    const paths = new Map<string, string>()
    const shopPath = (seat: string): string => {
      const known = paths.get(seat) ?? `/x/${this.#capOf(id, seat)}/~/${SHOP_HOST}/`
      paths.set(seat, known)
      return known
    }
    return {
      id,
      code,
      mode,
      scenario,
      playbooks,
      seed,
      lengthMinutes: asked.lengthMinutes ?? scenario.lengthMinutes,
      engine: newEngine(this.#parts, seed),
      shopPath,
    }
  }
}
