/** Larger automata are not built; every text then counts as one that holds any of the literals. */
const CELLS_MAX = 4_000_000

/** States are multiples of `width`, in `next`; those at or above `outFrom` end a literal. */
export interface LiteralAutomaton {
  /** Class of an ASCII character, capitals as their small letter; 0 is all that no literal has. */
  readonly classes: Uint8Array
  readonly width: number
  readonly next: Int32Array
  readonly outFrom: number
  /** What was given for the literals that end in a state, by (state - outFrom) / width. */
  readonly outs: readonly (readonly number[])[]
}

/**
 * One pass over a text finds all of these lower-case ASCII literals. Null where there are too many.
 * Source: Aho and Corasick, "Efficient string matching", CACM 18(6), 1975.
 */
export function buildAutomaton(
  literals: ReadonlyMap<string, readonly number[]>,
): LiteralAutomaton | null {
  const { classes, width, states } = measure(literals)
  if (states * width > CELLS_MAX) return null
  const next = new Int32Array(states * width)
  const out: (readonly number[] | undefined)[] = Array.from({ length: states }, () => undefined)
  let used = 1
  for (const [text, given] of literals) {
    let state = 0
    for (let i = 0; i < text.length; i += 1) {
      const cell = state * width + (classes[text.charCodeAt(i)] as number)
      if (next[cell] === 0) next[cell] = used++
      state = next[cell] as number
    }
    out[state] = given
  }
  closeFailures(next, out, width)
  for (let code = 65; code <= 90; code += 1) classes[code] = classes[code + 32] as number
  return { classes, width, ...outputsLast(next.subarray(0, used * width), out, used, width) }
}

function measure(literals: ReadonlyMap<string, readonly number[]>): {
  classes: Uint8Array
  width: number
  states: number
} {
  const classes = new Uint8Array(128)
  let width = 1
  let states = 1
  for (const text of literals.keys()) {
    states += text.length
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i)
      if (classes[code] === 0) classes[code] = width++
    }
  }
  return { classes, width, states }
}

/** Fills missing transitions from the longest proper suffix, breadth first. */
function closeFailures(
  next: Int32Array,
  out: (readonly number[] | undefined)[],
  width: number,
): void {
  const failure = new Int32Array(out.length)
  const queue: number[] = []
  for (let c = 0; c < width; c += 1) if (next[c] !== 0) queue.push(next[c] as number)
  for (let head = 0; head < queue.length; head += 1) {
    const state = queue[head] as number
    const shorter = failure[state] as number
    const inherited = out[shorter]
    if (inherited !== undefined) out[state] = [...new Set([...(out[state] ?? []), ...inherited])]
    for (let c = 0; c < width; c += 1) {
      const target = next[state * width + c] as number
      const fallback = next[shorter * width + c] as number
      if (target === 0) next[state * width + c] = fallback
      else {
        failure[target] = fallback
        queue.push(target)
      }
    }
  }
}

/** Numbers states anew, so that one comparison tells those where a literal ends. */
function outputsLast(
  next: Int32Array,
  out: readonly (readonly number[] | undefined)[],
  states: number,
  width: number,
): Pick<LiteralAutomaton, 'next' | 'outFrom' | 'outs'> {
  const renamed = new Int32Array(states)
  const outs: (readonly number[])[] = []
  let quiet = 0
  for (let state = 0; state < states; state += 1) if (out[state] === undefined) quiet += 1
  for (let state = 0, silent = 0; state < states; state += 1) {
    const given = out[state]
    renamed[state] = width * (given === undefined ? silent++ : quiet + outs.push(given) - 1)
  }
  const moved = new Int32Array(states * width)
  for (let state = 0; state < states; state += 1) {
    for (let c = 0; c < width; c += 1) {
      const target = renamed[next[state * width + c] as number] as number
      moved[(renamed[state] as number) + c] = target
    }
  }
  return { next: moved, outFrom: quiet * width, outs }
}
