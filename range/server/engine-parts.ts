import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ReasoningKind } from '../../engine/alert/alert.ts'
import { createEngine, type Engine, type SourceFile } from '../../engine/engine.ts'
import { createRequestScorer, type RequestScorer } from '../../engine/anomaly/request-scorer.ts'
import { loadScorer } from '../../engine/anomaly/tfjs.ts'
import type { Scorer } from '../../engine/anomaly/scorer.ts'
import type { Versions } from '../exercise/types.ts'
import { releasePublicKey } from '../telemetry/pages.ts'
import { twinPlan } from '../world/town.ts'
import { HOME } from './scenarios.ts'

/** Rules, formulas and models as they ship, loaded once per process. */
export interface EngineParts {
  readonly rules: readonly SourceFile[]
  readonly formulas: readonly SourceFile[]
  readonly scorer: Scorer | null
  readonly requestScorer: RequestScorer | null
  readonly digests: Versions
}

const MODELS = join(HOME, 'engine', 'models')
const PAYMENTS = join(MODELS, 'payment-window', 'model.json')
const REQUESTS = join(MODELS, 'request', 'model.json')
let loaded: Promise<EngineParts> | undefined

export function loadEngineParts(): Promise<EngineParts> {
  loaded ??= load()
  return loaded
}

async function load(): Promise<EngineParts> {
  const rules = filesIn(join(HOME, 'engine', 'rules'), '.yml')
  const formulas = [
    ...filesIn(join(HOME, 'engine', 'formulas'), '.yml'),
    ...filesIn(join(HOME, 'engine', 'formulas'), '.sig'),
  ]
  const scorer = existsSync(PAYMENTS) ? await loadScorer(readFileSync(PAYMENTS, 'utf8')) : null
  const requestScorer = existsSync(REQUESTS)
    ? createRequestScorer(readFileSync(REQUESTS, 'utf8'))
    : null
  const models = [scorer, requestScorer].flatMap((each) => each?.digest ?? [])
  const digests: Versions = {
    world: digestOf([
      ...sources('range/world'),
      ...sources('range/attack'),
      ...sources('range/telemetry'),
      ...sources('range/exercise'),
      ...sources('range/respond'),
    ]),
    engine: digestOf(
      ['alert', 'anomaly', 'event', 'integrity', 'mfotl', 'own', 'sigma', 'stream', 'twin'].flatMap(
        (part) => sources(`engine/${part}`),
      ),
    ),
    rules: digestOf([...rules, ...formulas].map(({ name, text }) => `${name}\n${text}`)),
    models: models.length === 0 ? 'none' : digestOf(models),
  }
  return { rules, formulas, scorer, requestScorer, digests }
}

function filesIn(folder: string, ending: string): SourceFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}
function sources(folder: string): string[] {
  const path = join(HOME, folder)
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => `${name}\n${readFileSync(join(path, name), 'utf8')}`)
}
function digestOf(texts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text).update('\0')
  return hash.digest('hex').slice(0, 24)
}

/**
 * A fresh engine for one exercise. Pages are learnt from the signed inventories that open the
 * stream. `only` leaves all other kinds of reasoning out.
 */
export function newEngine(
  parts: EngineParts,
  seed: number,
  only?: readonly ReasoningKind[],
): Engine {
  return createEngine({
    rules: parts.rules,
    formulas: parts.formulas,
    twin: twinPlan(),
    scorer: parts.scorer,
    requestScorer: parts.requestScorer,
    baseline: { releaseKey: releasePublicKey(seed), pages: [] },
    ...(only === undefined ? {} : { only }),
  })
}

/** What a recording names, so that a replay with other code is refused by name. */
export function versionsOf(parts: EngineParts): Versions {
  return parts.digests
}
