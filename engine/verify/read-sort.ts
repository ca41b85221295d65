import { nearMiss } from '../near-miss.ts'
import { RESERVED } from './expression.ts'
import type { Mistake } from './expression-lex.ts'
import { sortNamed, VALUES_MAX, type Declarations } from './sorts.ts'
import type { Sort } from './workflow.ts'

const WORD = /^[a-z][a-zA-Z0-9]*(-[a-z0-9]+)*$/
const NUMBERS = /^(\d+)\s*\.\.\s*(\d+|\*)$/

/**
 * Reads what a value may be: `true | false`, `0..3`, `0..*` (no end), words (`placed | paid`), a
 * role, `actor` or a kind of thing, these three also with `| none`.
 */
export function readSort(
  text: string,
  known: Pick<Declarations, 'roles' | 'things'>,
): Sort | Mistake {
  const numbers = NUMBERS.exec(text.trim())
  if (numbers) return between(Number(numbers[1]), numbers[2] ?? '*')
  const words = text.split('|').map((word) => word.trim())
  if (words.join('|') === 'true|false') return { kind: 'bool' }
  const wrong = words.find((word) => !WORD.test(word))
  if (wrong !== undefined)
    return { at: Math.max(0, text.indexOf(wrong)), message: `\`${wrong}\` is no word or sort` }
  const [first = '', second] = words
  const named = sortNamed(first, known)
  if (named !== null && (words.length === 1 || (words.length === 2 && second === 'none')))
    return { ...named, optional: words.length === 2 }
  if (words.length === 1 || words.includes('none')) return unknown(first, known)
  const taken = words.find((word, i) => RESERVED.includes(word) || words.indexOf(word) !== i)
  if (taken !== undefined)
    return { at: text.lastIndexOf(taken), message: `\`${taken}\` cannot be a word of this list` }
  return { kind: 'word', words }
}

function between(min: number, end: string): Sort | Mistake {
  const max = end === '*' ? null : Number(end)
  if (max === null) return { kind: 'int', min, max }
  if (max < min)
    return { at: 0, message: 'the second number is the larger one', correction: `${max}..${min}` }
  if (max - min >= VALUES_MAX) return { at: 0, message: `at most ${VALUES_MAX} numbers` }
  return { kind: 'int', min, max }
}

function unknown(name: string, known: Pick<Declarations, 'roles' | 'things'>): Mistake {
  const names = ['actor', ...known.roles.map((r) => r.key), ...known.things.map((t) => t.key)]
  const close = nearMiss(name, names)
  const message = `\`${name}\` is no role and no kind of thing`
  return { at: 0, message, ...(close === null ? {} : { correction: close }) }
}
