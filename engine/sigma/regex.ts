import { RE2JS } from 're2js'
import type { RegexFlags } from './rule.ts'

/**
 * Longest expression, in characters, and largest program, in RE2 instructions, that a rule may
 * carry.
 */
export const REGEX_LENGTH_MAX = 4_000
export const REGEX_PROGRAM_MAX = 20_000

/**
 * A search for the expression anywhere in a text, in time linear in the text whatever the
 * expression (RE2 automata; a JavaScript RegExp is never used, as it may backtrack). Throws
 * where `checkRegex` objects.
 */
export function compileRegex(source: string, flags: RegexFlags): (text: string) => boolean {
  const compiled = RE2JS.compile(source, flagBits(flags))
  return (text) => compiled.test(text)
}

/** Why RE2 cannot run this expression, with a way out; null where it can. */
export function checkRegex(
  source: string,
  flags: RegexFlags,
): { message: string; correction?: string } | null {
  if (source.length > REGEX_LENGTH_MAX)
    return { message: `longer than ${REGEX_LENGTH_MAX} characters` }
  try {
    const size = programSize(source, flags)
    return size > REGEX_PROGRAM_MAX
      ? { message: `too large a regular expression (${size} steps)` }
      : null
  } catch (error) {
    const feature = unsupported(source)
    if (feature !== null) return feature
    const detail = error instanceof Error ? error.message : String(error)
    return {
      message: `not a regular expression: ${detail.replace(/^error parsing regexp: /, '')}`,
    }
  }
}

/** How large an expression is in RE2 instructions, as a rough measure of its cost. */
export function programSize(source: string, flags: RegexFlags): number {
  return RE2JS.compile(source, flagBits(flags)).programSize()
}

function flagBits(flags: RegexFlags): number {
  return (
    (flags.i ? RE2JS.CASE_INSENSITIVE : 0) |
    (flags.m ? RE2JS.MULTILINE : 0) |
    (flags.s ? RE2JS.DOTALL : 0)
  )
}

/** What PCRE has and no linear-time engine can have, told from an expression that RE2 refused. */
function unsupported(source: string): { message: string; correction: string } | null {
  if (/\(\?(?:=|!|<=|<!)/.test(source)) {
    return {
      message: 'look-ahead and look-behind are not in Sigma and do not run in linear time',
      correction: 'a second search with `not` in the condition',
    }
  }
  if (/(?:^|[^\\])(?:\\\\)*\\[1-9]/.test(source)) {
    return {
      message: 'back references do not run in linear time',
      correction: 'the fieldref modifier',
    }
  }
  if (/\(\?>|[*+?}]\+/.test(source)) {
    return {
      message: 'atomic groups and possessive quantifiers are not in Sigma',
      correction: 'leave them out',
    }
  }
  return null
}
