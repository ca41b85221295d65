import { clipped } from '../clipped.ts'
import type { Diagnostic, Outcome, Predicate, Signature, ValueType } from './ast.ts'

/** Predicates every signature has: index of the time-point, its timestamp, and both. */
export const BUILT_IN: Signature = new Map<string, Predicate>([
  ['tp', { name: 'tp', types: ['int'] }],
  ['ts', { name: 'ts', types: ['int'] }],
  ['tpts', { name: 'tpts', types: ['int', 'int'] }],
])

const TEXT_MAX = 1_048_576
const DIAGNOSTICS_MAX = 100

/**
 * Reads a MonPoly signature, `name(type, field:type, …)` one after another. Refuses unknown types,
 * predicates given twice or named like a built-in one, `regexp` fields and record types, all at
 * once (the first 100), and more than 1,048,576 characters.
 */
export function parseSignature(source: string): Outcome<Signature> {
  if (source.length > TEXT_MAX) {
    const message = `a signature has at most ${TEXT_MAX} characters`
    return { ok: false, diagnostics: [{ line: 1, column: 1, message }] }
  }
  const diagnostics: Diagnostic[] = []
  const signature = new Map<string, Predicate>()
  const text = source.replace(/#[^\n]*/g, (m) => ' '.repeat(m.length))
  const item = /\s*([A-Za-z_][A-Za-z0-9_'":/-]*)\s*\(([^()]*)\)[\s.;]*/y
  const more = /\S/g
  let offset = 0
  for (;;) {
    more.lastIndex = offset
    if (!more.test(text) || diagnostics.length >= DIAGNOSTICS_MAX) break
    item.lastIndex = offset
    const m = item.exec(text)
    if (!m) {
      diagnostics.push(stray(text, offset))
      break
    }
    const start = offset + m[0].search(/\S/)
    const types = fieldTypes(
      text,
      start + m[0].trimStart().indexOf('(') + 1,
      m[2] ?? '',
      diagnostics,
    )
    const name = m[1] ?? ''
    if (signature.has(name) || BUILT_IN.has(name)) {
      diagnostics.push({
        ...positionAt(text, start),
        message: `predicate \`${name}\` exists already`,
      })
    }
    signature.set(name, { name, types, fields: fieldNames(m[2] ?? '') })
    offset = item.lastIndex
  }
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value: signature }
}

function fieldNames(list: string): string[] {
  if (list.trim() === '') return []
  return list.split(',').map((f) => (f.includes(':') ? (f.split(':')[0] ?? '').trim() : ''))
}

function fieldTypes(
  text: string,
  offset: number,
  list: string,
  diagnostics: Diagnostic[],
): ValueType[] {
  if (list.trim() === '') return []
  let at = offset
  return list.split(',').map((field): ValueType => {
    const here = at + Math.max(0, field.search(/\S/))
    at += field.length + 1
    const type = (field.split(':').pop() ?? '').trim()
    if (type === 'int' || type === 'float' || type === 'string') return type
    if (diagnostics.length < DIAGNOSTICS_MAX) {
      const message = typeProblem(clipped(type))
      diagnostics.push({ ...positionAt(text, here), message, correction: 'int, float or string' })
    }
    return 'int'
  })
}

function typeProblem(type: string): string {
  if (type === 'regexp') return 'fields of type `regexp` are not supported'
  return type === '' ? 'a field has no type' : `unknown type \`${type}\``
}

function stray(text: string, offset: number): Diagnostic {
  const start = offset + Math.max(0, text.slice(offset).search(/\S/))
  const line = (text.slice(start).split('\n')[0] ?? '').trim()
  const message = /[{}]/.test(line)
    ? 'record types are not supported'
    : `expected \`name(type, …)\` but saw \`${clipped(line)}\``
  return { ...positionAt(text, start), message, correction: 'refund(order:string, amount:int)' }
}

function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}
