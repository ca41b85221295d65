import { RE2JS } from 're2js'

/**
 * Translates a pattern of OCaml's Str library, as MonPoly reads it, into RE2's syntax: there `\(`,
 * `\)` and `\|` group and choose, while bare `(`, `)`, `|`, `{` and `}` are letters.
 */
export function translateRegexp(pattern: string): string {
  let out = ''
  let inClass = false
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i] ?? ''
    if (inClass) {
      inClass = c !== ']' || pattern[i - 1] === '['
      out += c === '\\' ? '\\\\' : c
    } else if (c === '[') {
      inClass = true
      out += c
    } else if (c === '\\') {
      const d = pattern[++i] ?? ''
      out += '()|'.includes(d) && d !== '' ? d : d === 'b' ? '\\b' : `\\${d}`
    } else out += '(){}|'.includes(c) ? `\\${c}` : c
  }
  return out
}

export function regexpProblem(pattern: string): string | null {
  if (/\\[1-9]/.test(pattern)) return 'back references in patterns are not supported'
  try {
    RE2JS.compile(translateRegexp(pattern))
    return null
  } catch (error) {
    return `not a pattern: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** True where the pattern occurs anywhere in the text; runs in time linear in the text. */
export function compileRegexp(pattern: string): (text: string) => boolean {
  const compiled = RE2JS.compile(translateRegexp(pattern))
  return (text) => compiled.matcher(text).find()
}
