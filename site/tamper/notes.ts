import { fromBase64 } from '../../range/ledger/bytes.ts'
import { parseChanges, TOOLS, type Change, type Tool } from './change.ts'
import { CHECKERS } from './finding.ts'
import type { Tried } from './lesson.ts'
import { PARTIES, POWERS, type Party, type Power } from './scene.ts'

/** What the device keeps of the lab, so that a reload loses nothing. */
export interface Notes {
  /** Base64 of 32 random bytes that all keys and salts are made from. */
  readonly secret: string
  readonly tool: Tool
  readonly power: Power
  readonly changes: readonly Change[]
  readonly shown: readonly Party[]
  readonly tried: readonly Tried[]
}

const SECRET_BYTES = 32

/** Parses what was kept; undefined where it is missing or was written by anything else. */
export function parseNotes(text: string | undefined): Notes | undefined {
  let value: unknown
  try {
    value = JSON.parse(text ?? '')
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { secret, tool, power, changes, shown, tried } = value as Readonly<Record<string, unknown>>
  const parsed = parseChanges(changes)
  if (typeof secret !== 'string' || fromBase64(secret)?.length !== SECRET_BYTES) return undefined
  if (!isOneOf(TOOLS, tool) || !isOneOf(POWERS, power) || parsed === undefined) return undefined
  if (!isListOf(PARTIES, shown) || !Array.isArray(tried) || !tried.every(isTried)) return undefined
  return { secret, tool, power, changes: parsed, shown, tried }
}

function isTried(value: unknown): value is Tried {
  if (typeof value !== 'object' || value === null) return false
  const { tool, power, noticed, foreseen } = value as Readonly<Record<string, unknown>>
  return (
    isOneOf(TOOLS, tool) &&
    isOneOf(POWERS, power) &&
    isListOf(CHECKERS, noticed) &&
    typeof foreseen === 'number'
  )
}

function isOneOf<T extends string>(all: readonly T[], value: unknown): value is T {
  return all.some((one) => one === value)
}

function isListOf<T extends string>(all: readonly T[], value: unknown): value is T[] {
  return Array.isArray(value) && value.every((one) => isOneOf(all, one))
}
