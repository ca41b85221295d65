import { decodeValue, TEXT_MAX } from './request-decode.ts'
import type { DecodeStep } from './request-decode.ts'
import { namedColumns, rowsOf } from './request-features.ts'
import type { SparseRow } from './request-features.ts'
import { createLikelihood } from './request-likelihood.ts'
import { parseRequestModel } from './request-model.ts'
import type { LoadedRequestModel } from './request-model.ts'
import { partsOf } from './request-parts.ts'
import type { PartKind, RawRequest, RequestPart } from './request-parts.ts'

export interface PartVerdict {
  readonly kind: PartKind
  readonly name: string
  /** As sent, at most TEXT_MAX characters. */
  readonly text: string
  /** 0 to 1; 0.5 is the budget. */
  readonly score: number
  readonly flagged: boolean
  /** Bits a character under normal values: how unusual, whatever the reason. */
  readonly surprise: number
  readonly steps: readonly DecodeStep[]
  /** Named signs that spoke for an attack, strongest first, at most four. */
  readonly signs: readonly { readonly name: string; readonly weight: number }[]
}

export interface RequestVerdict {
  readonly score: number
  readonly flagged: boolean
  /** What speaks for it and where, for people; empty unless flagged. */
  readonly reasons: readonly string[]
  /** Strongest first. */
  readonly parts: readonly PartVerdict[]
}

/**
 * A learned judge of single requests: pure, the same answer for a request alone or in any order.
 */
export interface RequestScorer {
  readonly name: string
  /** SHA-256 of the model file, hexadecimal. */
  readonly digest: string
  /** Share of ordinary parts that may be flagged. */
  readonly budget: number
  judge(request: RawRequest): RequestVerdict
  judgePart(part: RequestPart): PartVerdict
}

/** Verdicts remembered, because agents and paths repeat; they depend on the text alone. */
const REMEMBERED_MAX = 8192
const REMEMBERED_LENGTH_MAX = 512

/** Refuses by throwing as `parseRequestModel` does. */
export function createRequestScorer(text: string): RequestScorer {
  const loaded = parseRequestModel(text)
  const likelihood = createLikelihood(loaded.counts)
  const named = namedColumns()
  const judgeAnew = (part: RequestPart): PartVerdict => {
    const decoded = decodeValue(part.text, part)
    const surprise = likelihood.surprise(decoded.text)
    let best: SparseRow | undefined
    let logit = Number.NEGATIVE_INFINITY
    for (const row of rowsOf(decoded, part.kind, familiarity(surprise))) {
      const each = logitOf(loaded, row)
      if (each > logit) [best, logit] = [row, each]
    }
    const over = logit - loaded.model.cuts[part.kind].threshold
    const score = 1 / (1 + Math.exp(-over))
    return {
      kind: part.kind,
      name: part.name,
      text: part.text.slice(0, TEXT_MAX),
      score,
      flagged: over > 0,
      surprise,
      steps: [...decoded.steps],
      signs: over > 0 && best !== undefined ? signsIn(loaded, best, named) : [],
    }
  }
  const known = new Map<string, PartVerdict>()
  const judgePart = (part: RequestPart): PartVerdict => {
    if (part.text.length > REMEMBERED_LENGTH_MAX) return judgeAnew(part)
    const key = `${part.kind} ${String(part.plusIsSpace)} ${part.text}`
    const before = known.get(key)
    if (before !== undefined)
      return before.name === part.name ? before : { ...before, name: part.name }
    const verdict = judgeAnew(part)
    known.set(key, verdict)
    if (known.size > REMEMBERED_MAX) known.delete(known.keys().next().value as string)
    return verdict
  }
  const judge = (request: RawRequest): RequestVerdict => {
    const parts = partsOf(request)
      .map(judgePart)
      .sort((a, b) => b.score - a.score)
    const flagged = parts.filter((part) => part.flagged)
    return {
      score: parts[0]?.score ?? 0,
      flagged: flagged.length > 0,
      reasons: flagged.slice(0, 4).map(reasonOf),
      parts,
    }
  }
  return {
    name: loaded.model.name,
    digest: loaded.digest,
    budget: loaded.model.budget,
    judge,
    judgePart,
  }
}

/** Surprise in bits as a feature from 1 (as normal as can be) to 0. */
export function familiarity(surprise: number): number {
  return Math.min(1, Math.max(0, (8 - surprise) / 6))
}

export function logitOf(
  model: Pick<LoadedRequestModel, 'weights'> & { readonly model: { readonly bias: number } },
  row: SparseRow,
): number {
  let sum = model.model.bias
  for (let i = 0; i < row.columns.length; i += 1) {
    sum += (model.weights[row.columns[i] as number] as number) * (row.values[i] as number)
  }
  return sum
}

function signsIn(
  model: LoadedRequestModel,
  row: SparseRow,
  named: ReturnType<typeof namedColumns>,
): PartVerdict['signs'] {
  const at = new Map(Array.from(row.columns, (column, i) => [column, row.values[i] as number]))
  const weights = new Map<string, number>()
  for (const { name, column } of named) {
    const value = at.get(column)
    // A column shared by chance with a gram has a smaller value than a sign's own.
    if (value === undefined || value < 1) continue
    weights.set(name, (weights.get(name) ?? 0) + (model.weights[column] as number))
  }
  return [...weights]
    .filter(([, weight]) => weight > 0)
    .map(([name, weight]) => ({ name, weight }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, 4)
}

function reasonOf(part: PartVerdict): string {
  const why = part.signs.map(({ name }) => name)
  const seen = why.length > 0 ? why.join(', ') : 'its grammar is that of attacks'
  return `${part.name}: ${seen}${part.steps.length > 0 ? ` (hidden by ${part.steps.join(', ')})` : ''}`
}
