/** The letters of a join code: no 0, O, 1 and I, which people mix up. */
export const codeLetters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const codeLength = 6
const lookAlikes: Readonly<Record<string, readonly [string, string]>> = {
  '0': ['Q', 'D'],
  O: ['Q', 'D'],
  '1': ['L', '7'],
  I: ['L', 'J'],
}

export type CodeReading =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'look-alike'
      readonly found: string
      readonly maybe: readonly [string, string]
    }
  | { readonly kind: 'foreign'; readonly found: string }
  | { readonly kind: 'length'; readonly count: number }

/**
 * Reads a code as people type it: small letters, spaces and dashes do not matter. Says what is
 * wrong, the letter first and the length last, so that it can be mended.
 */
export function readCode(typed: string): CodeReading {
  const text = typed.toUpperCase().replace(/[\s\-–·.]/g, '')
  if (text === '') return { kind: 'empty' }
  for (const letter of text) {
    const maybe = lookAlikes[letter]
    if (maybe) return { kind: 'look-alike', found: letter, maybe }
    if (!codeLetters.includes(letter)) return { kind: 'foreign', found: letter }
  }
  if ([...text].length !== codeLength) return { kind: 'length', count: [...text].length }
  return { kind: 'code', code: text }
}
