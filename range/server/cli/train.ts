import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DenseModel } from '../../../engine/anomaly/model.ts'
import { parseModel, scaleRows } from '../../../engine/anomaly/model.ts'
import { CONDITIONS, FEATURES, PaymentWindows } from '../../../engine/anomaly/payment-window.ts'
import type { WindowRow } from '../../../engine/anomaly/payment-window.ts'
import { loadScorer, trainLayers } from '../../../engine/anomaly/tfjs.ts'
import { createTown } from '../../exercise/town.ts'
import { HOME, loadScenario } from '../scenarios.ts'
import { trainRequest } from './train-request.ts'

export interface TrainArgs {
  /** `payment-window`, or `request`, which reads labelled values from `rows`. */
  readonly model: string
  /** Quiet days to train on, and others to take quiet scores from; 24 and 24 if absent. */
  readonly days?: number
  readonly held?: number
  /** First seed; training days count up from it, held-back days follow. */
  readonly seed?: number
  readonly steps?: number
  /**
   * Of payment windows: an earlier `--keep-rows`, JSON Lines of `{ day, kind, row }`. Of requests:
   * a CSV file.
   */
  readonly rows?: string
  readonly keepRows?: string
  /** Model file to write; the shipped one if absent. */
  readonly out?: string
  readonly json?: boolean
}

const NAME = 'payment-window'
const REQUEST = 'request'
const SEED = 9001
const DAY_MS = 8 * 3_600_000
const TICK_MS = 1_000
const HIDDEN = [12, 6, 12]
/**
 * Least spread of a column: one that hardly varies on quiet days must not turn noise into alarm.
 */
const SCALE_MIN = 0.15
const CLIP = 8

interface DayRow {
  readonly day: number
  readonly kind: WindowRow['kind']
  readonly row: readonly number[]
}

/**
 * Rebuilds a shipped model from quiet days of the town; the same arguments give the same file.
 * Returns the exit code.
 */
export async function trainCommand(args: TrainArgs): Promise<number> {
  if (args.model === REQUEST) return trainRequest(args)
  if (args.model !== NAME)
    return fail(`there is no model "${args.model}" to train; there are ${NAME} and ${REQUEST}`)
  const [days, held, first] = [args.days ?? 24, args.held ?? 24, args.seed ?? SEED]
  const rows = args.rows === undefined ? quietRows(days + held, first) : readRows(args.rows)
  if (typeof rows === 'string') return fail(rows)
  if (args.keepRows !== undefined)
    writeFileSync(args.keepRows, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  const training = rows.filter((row) => row.day < days)
  if (training.length < 1000)
    return fail(`${training.length} rows of ${days} quiet days are too few to train on`)
  const steps = args.steps ?? 6000
  const text = await fit(
    training,
    rows.filter((row) => row.day >= days),
    { days, held, seed: first, steps },
  )
  const out = args.out ?? join(HOME, 'engine', 'models', NAME, 'model.json')
  mkdirSync(dirname(out), { recursive: true })
  writeFileSync(out, text)
  process.stdout.write(
    `${out}: ${training.length} rows of ${days} days, sha-256 ${parseModel(text).digest}\n`,
  )
  return 0
}

async function fit(
  training: readonly DayRow[],
  heldBack: readonly DayRow[],
  how: {
    readonly days: number
    readonly held: number
    readonly seed: number
    readonly steps: number
  },
): Promise<string> {
  const reconstructs = FEATURES.map((_, i) => i).slice(CONDITIONS)
  const shape = { ...scaling(training), features: [...FEATURES], clip: CLIP, reconstructs }
  const flat = Float32Array.from(training.flatMap(({ row }) => row))
  const draft: DenseModel = {
    format: 'doorstep-dense-1',
    name: NAME,
    ...shape,
    layers: [],
    quiet: {},
    origin: {
      data: 'quiet-day',
      days: how.days,
      held: how.held,
      seed: how.seed,
      steps: how.steps,
      rows: training.length,
    },
  }
  const layers = await trainLayers(
    scaleRows(draft, flat, training.length),
    training.length,
    reconstructs,
    {
      hidden: HIDDEN,
      steps: how.steps,
      batch: 128,
      rate: 0.003,
      draw: drawing(how.seed),
      progress: (step, loss) => progress(`step ${step} of ${how.steps}, loss ${loss.toFixed(4)}`),
    },
  )
  const rounded = layers.map((layer) => ({
    ...layer,
    weights: layer.weights.map(Math.fround),
    bias: layer.bias.map(Math.fround),
  }))
  const unscored = `${JSON.stringify({ ...draft, layers: rounded })}\n`
  const scorer = await loadScorer(unscored)
  const quiet: Record<string, { scores: number[]; perDay: number }> = {}
  for (const kind of ['ip', 'bin', 'shop']) {
    const own = heldBack.filter((row) => row.kind === kind)
    const scores = scorer.score(Float32Array.from(own.flatMap(({ row }) => row)), own.length)
    quiet[kind] = {
      scores: Array.from(scores).sort((a, b) => a - b),
      perDay: own.length / how.held,
    }
  }
  return `${JSON.stringify({ ...draft, layers: rounded, quiet })}\n`
}

function scaling(rows: readonly DayRow[]): Pick<DenseModel, 'mean' | 'scale'> {
  const mean = FEATURES.map(
    (_, k) => rows.reduce((sum, { row }) => sum + (row[k] as number), 0) / rows.length,
  )
  const scale = FEATURES.map((_, k) => {
    const squares = rows.reduce(
      (sum, { row }) => sum + ((row[k] as number) - (mean[k] as number)) ** 2,
      0,
    )
    return Math.max(SCALE_MIN, Math.sqrt(squares / rows.length))
  })
  return { mean, scale }
}

/** Rows of quiet days, one seed a day. */
function quietRows(days: number, first: number): DayRow[] | string {
  const loaded = loadScenario('quiet-day')
  if (!loaded.ok) return loaded.mistakes.join('\n')
  const rows: DayRow[] = []
  for (let day = 0; day < days; day += 1) {
    progress(`quiet day ${day + 1} of ${days}`)
    const config = { ...loaded.scenario.world, seed: first + day }
    const town = createTown(config)
    const windows = new PaymentWindows()
    for (let now = config.start; now < config.start + DAY_MS; now += TICK_MS) {
      for (const event of town.report(town.advance(now + TICK_MS))) windows.see(event)
      for (const { kind, row } of windows.close(now + TICK_MS)) rows.push({ day, kind, row })
    }
  }
  return rows
}

function readRows(file: string): DayRow[] | string {
  const rows: DayRow[] = []
  for (const [i, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line === '') continue
    const read = JSON.parse(line) as DayRow
    if (read.row?.length !== FEATURES.length)
      return `${file}:${i + 1}: not a row of ${FEATURES.length} features`
    rows.push(read)
  }
  return rows
}

/** Uniform in [0, 1) for a counter: splitmix32 of seed and index. */
function drawing(seed: number): (index: number) => number {
  return (index) => {
    let x = (Math.imul(index + 1, 0x9e3779b9) + seed) | 0
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
    return ((x ^ (x >>> 15)) >>> 0) / 4_294_967_296
  }
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}

function fail(reason: string): number {
  process.stderr.write(`${reason}\n`)
  return 2
}
