import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { decodeValue } from '../../../engine/anomaly/request-decode.ts'
import { rowsOf } from '../../../engine/anomaly/request-features.ts'
import { countTrigrams, createLikelihood } from '../../../engine/anomaly/request-likelihood.ts'
import type { Likelihood } from '../../../engine/anomaly/request-likelihood.ts'
import {
  packCounts,
  packWeights,
  parseRequestModel,
} from '../../../engine/anomaly/request-model.ts'
import type { RequestModel } from '../../../engine/anomaly/request-model.ts'
import { PART_KINDS } from '../../../engine/anomaly/request-parts.ts'
import type { PartKind } from '../../../engine/anomaly/request-parts.ts'
import { createRequestScorer, familiarity } from '../../../engine/anomaly/request-scorer.ts'
import { conformalCut, strongest, trainWeights } from '../../../engine/anomaly/request-train.ts'
import type { Example } from '../../../engine/anomaly/request-train.ts'
import { HOME } from '../home.ts'
import { disguised, surrounded } from './train-request-disguise.ts'
import { qualityOf, qualityText } from './train-request-quality.ts'
import { readCorpus, readLabelled, readReadmes } from './train-request-texts.ts'
import type { Labelled, Split } from './train-request-texts.ts'

export interface TrainRequestArgs {
  /** CSV of `payload,length,attack_type,label`. */
  readonly rows?: string
  readonly seed?: number
  readonly steps?: number
  readonly out?: string
  readonly json?: boolean
}

const FOLDER = join(HOME, 'engine', 'models', 'request')
const SEED = 7_001
const EPOCHS = 12
const RATE = 0.15
const DECAY = 2e-5
/** Share of ordinary parts that may be flagged: of form values, of prose and web traffic, of texts that look dangerous. */
const BUDGET = 0.001
const BUDGETS: readonly { readonly sources: readonly string[]; readonly budget: number }[] = [
  { sources: ['norm'], budget: BUDGET },
  { sources: ['readme', 'prose', 'web-extract'], budget: 0.002 },
  { sources: ['ordinary'], budget: 0.025 },
]
/** Disguised and surrounded copies of each attack. */
const COPIES = 2
/** Rare attacks count for more, so that the many of one kind do not drown them. */
const WEIGHTS: Readonly<Record<string, number>> = {
  sqli: 0.4,
  xss: 3,
  cmdi: 8,
  'path-traversal': 4,
  norm: 1,
  ordinary: 6,
  attack: 5,
  'web-extract': 2,
  prose: 4,
  readme: 1,
}

/**
 * Rebuilds the request model from labelled values and the texts beside the model; the same arguments give the same
 * file. Prints its quality on values that neither training nor threshold saw. Returns the exit code.
 */
export function trainRequest(args: TrainRequestArgs): number {
  if (args.rows === undefined)
    return fail('train request needs --rows FILE.csv (payload,length,attack_type,label)')
  const seed = args.seed ?? SEED
  const labelled = readLabelled(args.rows, seed)
  if (typeof labelled === 'string') return fail(labelled)
  const texts = [
    ...labelled,
    ...readCorpus(FOLDER, seed),
    ...readReadmes(join(HOME, 'node_modules'), seed),
  ]
  const of = (split: Split): Labelled[] => texts.filter((each) => each.split === split)
  const counts = countTrigrams(
    of('train')
      .filter((each) => each.source === 'norm')
      .map((each) => decodeValue(each.text, plus(each)).text),
  )
  const likelihood = createLikelihood(counts)
  const draw = drawing(seed)
  const examples = examplesOf(of('train'), likelihood, draw)
  const epochs = args.steps ?? EPOCHS
  const trained = trainWeights(examples, {
    epochs,
    rate: RATE,
    decay: DECAY,
    draw,
    progress: (epoch, loss) => {
      if (process.stderr.isTTY)
        process.stderr.write(`\r\u001b[Kepoch ${epoch} of ${epochs}, loss ${loss.toFixed(4)}`)
    },
  })
  const packed = packWeights(trained.weights)
  const model: RequestModel = {
    format: 'doorstep-request-1',
    name: 'request',
    origin: { data: 'http-params, web-access, own texts', seed, epochs, examples: examples.length },
    budget: BUDGET,
    bias: trained.bias,
    ...packed,
    trigrams: packCounts(counts),
    cuts: { value: CUT, path: CUT, header: CUT },
  }
  const loaded = parseRequestModel(JSON.stringify(model))
  const cuts = Object.fromEntries(
    PART_KINDS.map((kind) => [
      kind,
      cutOf(of('calibrate'), kind, (text) => {
        return strongest(featuresOf(text, likelihood), loaded).logit
      }),
    ]),
  ) as RequestModel['cuts']
  const text = `${JSON.stringify({ ...model, cuts })}\n`
  const out = args.out ?? join(FOLDER, 'model.json')
  mkdirSync(dirname(out), { recursive: true })
  writeFileSync(out, text)
  process.stdout.write(
    `${out}: ${examples.length} examples, ${text.length} bytes, sha-256 ${parseRequestModel(text).digest}\n`,
  )
  const scorer = createRequestScorer(text)
  const prose = qualityOf(
    scorer,
    of('validate').filter((each) => each.source === 'readme'),
  ).bySource['readme']
  process.stdout.write(
    `prose held back: ${prose?.flagged ?? 0} of ${prose?.count ?? 0} lines flagged\n`,
  )
  process.stdout.write(
    qualityText(
      scorer,
      of('validate').filter((each) => each.source !== 'readme'),
      args.json === true,
    ),
  )
  return 0
}

const CUT = { threshold: 0, quiet: Array.from({ length: 20 }, () => 0) }

function examplesOf(
  texts: readonly Labelled[],
  likelihood: Likelihood,
  draw: (index: number) => number,
): Example[] {
  const ordinary = texts.filter((each) => !each.attack)
  return texts.flatMap((each, n) => {
    const weight = WEIGHTS[each.source] ?? 1
    const copies: Labelled[] = [each]
    for (let copy = 0; copy < COPIES; copy += 1) {
      const chance = (k: number): number => draw(1_000_000_000 + (n * COPIES + copy) * 8 + k)
      const beside = ordinary[Math.floor(chance(0) * ordinary.length)] as Labelled
      if (each.attack)
        copies.push({
          ...each,
          text:
            chance(1) < 0.5
              ? disguised(each.text, chance)
              : surrounded(each.text, beside.text, chance),
        })
      else if (each.source !== 'norm')
        copies.push({ ...each, text: surrounded(each.text, beside.text, chance) })
    }
    return copies.map((one) => ({
      rows: featuresOf(one, likelihood),
      attack: each.attack,
      weight: weight / copies.length,
    }))
  })
}

function featuresOf(text: Labelled, likelihood: Likelihood): Example['rows'] {
  const decoded = decodeValue(text.text, plus(text))
  return rowsOf(decoded, text.kind, familiarity(likelihood.surprise(decoded.text)))
}

function plus(_: Labelled): { readonly plusIsSpace: boolean } {
  return { plusIsSpace: false }
}

/** The strictest of the conformal thresholds that each sort of calibration texts asks for, at its budget. */
function cutOf(
  texts: readonly Labelled[],
  kind: PartKind,
  logit: (text: Labelled) => number,
): RequestModel['cuts']['value'] {
  const own = texts.filter((each) => each.kind === kind && !each.attack)
  const scores = own.map((each) => ({
    source: each.source,
    logit: Math.round(logit(each) * 1e3) / 1e3,
  }))
  const of = (sources: readonly string[]): number[] =>
    scores.filter((each) => sources.includes(each.source)).map((each) => each.logit)
  // Few texts of a kind could allow what the model itself takes for ordinary.
  const cuts = BUDGETS.flatMap(({ sources, budget }) => {
    const quiet = of(sources)
    return quiet.length === 0 ? [] : [conformalCut(quiet, budget)]
  })
  return {
    threshold: Math.max(0, ...cuts),
    quiet: thinned(scores.map((each) => each.logit).sort((a, b) => a - b)),
  }
}

/** At most some hundred of ascending scores: every so manieth, and the top ones all. */
function thinned(scores: readonly number[]): number[] {
  const every = Math.max(1, Math.floor(scores.length / 200))
  return scores.filter((_, i) => i % every === 0 || i >= scores.length - 50)
}

/** Uniform in [0, 1) for a counter: splitmix32 of seed and index. */
export function drawing(seed: number): (index: number) => number {
  return (index) => {
    let x = (Math.imul(index + 1, 0x9e3779b9) + seed) | 0
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
    return ((x ^ (x >>> 15)) >>> 0) / 4_294_967_296
  }
}

function fail(reason: string): number {
  process.stderr.write(`${reason}\n`)
  return 2
}
