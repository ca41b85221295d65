import type { PatchOp } from './message.ts'

/** Leading items by which a list may have moved on (a bounded list drops its oldest). */
const SHIFT_MAX = 16
type Json = unknown
type Row = Readonly<Record<string, unknown>>

/**
 * The operations that turn `before` into `after`, in order; none where they are equal. Both are
 * plain JSON values; a key that is `undefined` counts as absent. Source: RFC 6902 (add, replace,
 * remove), RFC 6901.
 */
export function diff(before: Json, after: Json): PatchOp[] {
  const ops: PatchOp[] = []
  walk(before, after, '', ops)
  return ops
}

/**
 * Applies operations and returns the new value; `value` itself is left alone and parts that did not
 * change are shared. Throws a `RangeError` where an operation does not fit, upon which a client
 * asks for the whole view.
 */
export function apply<T>(ops: readonly PatchOp[], value: T): T {
  let result: unknown = value
  for (const op of ops) result = applyAt(result, tokens(op.path), 0, op)
  return result as T
}

function walk(before: Json, after: Json, path: string, ops: PatchOp[]): void {
  if (same(before, after)) return
  if (Array.isArray(before) && Array.isArray(after)) return walkList(before, after, path, ops)
  if (isRow(before) && isRow(after)) return walkRow(before, after, path, ops)
  ops.push({ op: 'replace', path, value: after })
}

function walkRow(before: Row, after: Row, path: string, ops: PatchOp[]): void {
  for (const key of Object.keys(before)) {
    if (before[key] !== undefined && own(after, key) === undefined)
      ops.push({ op: 'remove', path: `${path}/${escape(key)}` })
  }
  for (const key of Object.keys(after)) {
    if (after[key] === undefined) continue
    const at = `${path}/${escape(key)}`
    if (own(before, key) === undefined) ops.push({ op: 'add', path: at, value: after[key] })
    else walk(before[key], after[key], at, ops)
  }
}

/** A row's own value: what it inherits, such as `toString`, is none. */
function own(row: Row, key: string): Json {
  return Object.hasOwn(row, key) ? row[key] : undefined
}

/** A list grows at its end, loses its oldest, or changes within: those three stay small. */
function walkList(
  before: readonly Json[],
  after: readonly Json[],
  path: string,
  ops: PatchOp[],
): void {
  const shift = shiftOf(before, after)
  for (let i = 0; i < shift; i++) ops.push({ op: 'remove', path: `${path}/0` })
  const rest = shift === 0 ? before : before.slice(shift)
  let tail = 0
  while (
    tail < Math.min(rest.length, after.length) &&
    same(rest[rest.length - 1 - tail], after[after.length - 1 - tail])
  )
    tail++
  const oldMiddle = rest.length - tail
  const newMiddle = after.length - tail
  const common = Math.min(oldMiddle, newMiddle)
  for (let i = 0; i < common; i++) walk(rest[i], after[i], `${path}/${i}`, ops)
  for (let i = oldMiddle - 1; i >= common; i--) ops.push({ op: 'remove', path: `${path}/${i}` })
  for (let i = common; i < newMiddle; i++)
    ops.push({ op: 'add', path: `${path}/${i}`, value: after[i] })
}

function shiftOf(before: readonly Json[], after: readonly Json[]): number {
  if (before.length === 0 || after.length === 0 || same(before[0], after[0])) return 0
  for (let shift = 1; shift <= Math.min(SHIFT_MAX, before.length - 1); shift++) {
    const overlap = before.length - shift
    if (overlap > after.length) continue
    let fits = true
    for (let i = 0; fits && i < overlap; i++) fits = same(before[i + shift], after[i])
    if (fits) return shift
  }
  return 0
}

function same(a: Json, b: Json): boolean {
  if (a === b) return true
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, i) => same(item, b[i]))
  }
  if (!isRow(a) || !isRow(b)) return Number.isNaN(a) && Number.isNaN(b)
  const keys = Object.keys(a)
  for (const key of keys)
    if (!same(a[key], Object.hasOwn(b, key) ? b[key] : undefined)) return false
  return Object.keys(b).every((key) => b[key] === undefined || Object.hasOwn(a, key))
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function escape(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

function tokens(path: string): readonly string[] {
  if (path === '') return []
  if (!path.startsWith('/')) throw new RangeError(`not a pointer: ${path}`)
  return path
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function applyAt(value: unknown, path: readonly string[], depth: number, op: PatchOp): unknown {
  if (depth === path.length) {
    if (op.op === 'remove') throw new RangeError('the whole value cannot be removed')
    return op.value
  }
  const token = path[depth]!
  const last = depth === path.length - 1
  if (Array.isArray(value)) return inList(value, token, last, path, depth, op)
  if (!isRow(value)) throw new RangeError(`nothing at ${op.path}`)
  if (token === '__proto__') throw new RangeError(`refused: ${op.path}`)
  const copy: Record<string, unknown> = { ...value }
  const there = Object.hasOwn(copy, token)
  if (!there && !(last && op.op === 'add')) throw new RangeError(`nothing at ${op.path}`)
  if (!last) copy[token] = applyAt(copy[token], path, depth + 1, op)
  else if (op.op === 'remove') delete copy[token]
  else copy[token] = op.value
  return copy
}

function inList(
  list: readonly unknown[],
  token: string,
  last: boolean,
  path: readonly string[],
  depth: number,
  op: PatchOp,
): unknown[] {
  const index = /^(0|[1-9]\d{0,8})$/.test(token) ? Number(token) : -1
  const bound = last && op.op === 'add' ? list.length : list.length - 1
  if (index < 0 || index > bound) throw new RangeError(`no item at ${op.path}`)
  const copy = [...list]
  if (!last) copy[index] = applyAt(copy[index], path, depth + 1, op)
  else if (op.op === 'remove') copy.splice(index, 1)
  else if (op.op === 'add') copy.splice(index, 0, op.value)
  else copy[index] = op.value
  return copy
}
