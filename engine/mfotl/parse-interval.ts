import type { Interval } from './ast.ts'
import type { TokenReader } from './token-reader.ts'

const EVERYTHING: Interval = { from: 0, to: Infinity }

/**
 * Reads an optional interval: `[a,b]`, `(a,b)`, `[a,*)` and mixtures, with units s, m, h, d
 * (seconds without one). Open ends become closed ones, since timestamps are whole seconds. Refuses
 * empty ones.
 */
export function parseInterval(reader: TokenReader): Interval {
  if (!reader.isInterval()) return EVERYTHING
  const open = reader.next()
  const from = bound(reader) + (open.text === '(' ? 1 : 0)
  reader.take(',')
  if (reader.tryTake('*')) {
    if (!reader.tryTake(')') && !reader.tryTake(']')) reader.take(')')
    return { from, to: Infinity }
  }
  const upper = bound(reader)
  const close = reader.next()
  if (close.text !== ')' && close.text !== ']') {
    reader.failAt(close, { message: 'an interval ends with `]` or `)`', correction: ']' })
  }
  const to = upper - (close.text === ')' ? 1 : 0)
  if (to < from) {
    const message = 'this interval is empty'
    reader.reportAt(open, {
      message,
      correction: `[${Math.min(from, upper)},${Math.max(from, upper)}]`,
    })
  }
  return { from, to }
}

function bound(reader: TokenReader): number {
  const token = reader.next()
  if (token.kind === 'int' || token.kind === 'duration') return token.value
  if (token.text === '-') {
    reader.failAt(token, { message: 'an interval has no negative bounds', correction: '0' })
  }
  reader.failAt(token, {
    message: `expected a length of time but saw \`${token.text}\``,
    correction: '10m',
  })
}
