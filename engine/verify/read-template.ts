import { parseExpression } from './expression.ts'
import type { Mistake } from './expression-lex.ts'
import { resolve, type Scope } from './resolve.ts'
import type { Declarations } from './sorts.ts'
import type { Expr, Report, Sort, Template } from './workflow.ts'

type Tell = (mistake: Mistake) => void

/** Parses and resolves in one; offsets are those of `text`, moved by `from`. */
export function readExpression(
  text: string,
  known: Declarations,
  scope: Scope,
  expected: Sort | null,
  report: Tell,
  from = 0,
): { expr: Expr; sort: Sort } | null {
  const moved: Tell = (mistake) => {
    report({ ...mistake, at: mistake.at + from })
  }
  const { written, mistakes } = parseExpression(text)
  for (const mistake of mistakes) moved(mistake)
  return written === null ? null : resolve(written, known, scope, expected, moved)
}

/** A sentence with values in braces: `{actor} opens {box}.` */
export function readTemplate(
  text: string,
  known: Declarations,
  scope: Scope,
  report: Tell,
): Template {
  const parts: Template[number][] = []
  let done = 0
  for (const match of text.matchAll(/\{([^{}]*)\}/g)) {
    if (match.index > done) parts.push({ kind: 'text', text: text.slice(done, match.index) })
    const read = readExpression(match[1] ?? '', known, scope, null, report, match.index + 1)
    if (read !== null) parts.push({ kind: 'value', ...read })
    done = match.index + match[0].length
  }
  if (done < text.length) parts.push({ kind: 'text', text: text.slice(done) })
  return parts
}

/** What monitors see: `refund(order, actor, 6000, "card")`. */
export function readReport(
  text: string,
  known: Declarations,
  scope: Scope,
  report: Tell,
): Report | null {
  const shape = /^\s*([A-Za-z_]\w*)\((.*)\)\s*$/.exec(text)
  if (shape === null) {
    report({
      at: 0,
      message: 'write a predicate with its fields',
      correction: 'name(a, "text", 3)',
    })
    return null
  }
  const [, predicate = '', inner = ''] = shape
  const fields: Report['arguments'][number][] = []
  let from = text.indexOf('(') + 1
  for (const part of inner.trim() === '' ? [] : inner.split(',')) {
    const quoted = /^\s*"([^"]*)"\s*$/.exec(part)
    if (quoted) fields.push({ kind: 'text', text: quoted[1] ?? '' })
    else {
      const read = readExpression(part, known, scope, null, report, from)
      if (read !== null) fields.push({ kind: 'value', ...read })
    }
    from += part.length + 1
  }
  return { predicate, arguments: fields }
}
