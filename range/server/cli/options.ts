import { InvalidArgumentError, Option } from 'commander'
import { join } from 'node:path'
import type { ReasoningKind } from '../../../engine/alert/alert.ts'
import { HOME } from '../home.ts'

/** Exit code of a command that was used wrongly. */
export const MISUSE = 2
/** Takes a command's exit code. */
export type Done = (code: number) => void

export function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^-?\d{1,12}$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`write a whole number from ${min} to ${max}`)
    return value
  }
}
export function decimal(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value) || value < min || value > max)
      throw new InvalidArgumentError(`write a number from ${min} to ${max}`)
    return value
  }
}
export function url(text: string): URL {
  if (!URL.canParse(text) || !/^https?:\/\//.test(text))
    throw new InvalidArgumentError('write an address such as https://range.example.org')
  return new URL(text)
}
export const several = (value: string, before: readonly string[] = []): string[] => [
  ...before,
  value,
]
export const dataOption = (): Option =>
  new Option('--data <dir>', "folder of the database and the exercises' logs")
    .env('DOORSTEP_DATA')
    .default(join(HOME, 'data'), 'data/ of the project')
export const set = (): Option =>
  new Option('--set <key=value>', 'changes a parameter, e.g. stealth=0.4 or P2.stealth=0.4')
    .argParser(several)
    .default([])
export const json = (): Option => new Option('--json', 'results as JSON')

const DETECTORS: Readonly<Record<string, ReasoningKind>> = {
  rules: 'R',
  formulas: 'T',
  models: 'M',
  twin: 'P',
  integrity: 'I',
}
export const detectors = (): Option =>
  new Option(
    '--detectors <list>',
    'only these detect: rules,formulas,models,twin,integrity',
  ).argParser(reasoningKinds)

/** `rules,formulas` to `R`, `T`; each once. */
export function reasoningKinds(text: string): readonly ReasoningKind[] {
  const kinds = text.split(',').map((word) => DETECTORS[word.trim()])
  if (kinds.includes(undefined))
    throw new InvalidArgumentError(`write one or more of ${Object.keys(DETECTORS).join(',')}`)
  return [...new Set(kinds.filter((kind) => kind !== undefined))]
}

export function misuse(text: string): number {
  process.stderr.write(`${text}\n`)
  return MISUSE
}
