/** Characters are folded to so many symbols. */
const SYMBOLS = 64
/** Counts of the likelihood model: of a symbol behind two others. */
export const TABLE = SYMBOLS * SYMBOLS * SYMBOLS
/** Signs that are a symbol each. */
const SIGNS = ' -_.,:;/\\\'"`<>(){}[]=+*&|%#@!?$^~'

export interface Likelihood {
  /** Mean surprise in bits a character of a decoded text; 0 for an empty one. */
  surprise(text: string): number
}

/**
 * Symbol of a character: 0 is an edge, 1 any digit, then letters, signs, beyond ASCII, the rest.
 */
function symbolOf(code: number): number {
  if (code >= 97 && code <= 122) return code - 95
  if (code >= 48 && code <= 57) return 1
  const sign = SIGNS.indexOf(String.fromCharCode(code))
  if (sign >= 0) return 28 + sign
  return code > 127 ? 62 : 63
}

/**
 * Counts of three symbols in a row over normal values: all that this model knows, and no attack
 * among it.
 */
export function countTrigrams(texts: Iterable<string>): Uint32Array {
  const counts = new Uint32Array(TABLE)
  for (const text of texts) {
    let [a, b] = [0, 0]
    for (let i = 0; i <= text.length; i += 1) {
      const c = i === text.length ? 0 : symbolOf(text.charCodeAt(i))
      const at = (a * SYMBOLS + b) * SYMBOLS + c
      counts[at] = (counts[at] as number) + 1
      a = b
      b = c
    }
  }
  return counts
}

/**
 * Trigrams with bigrams and single symbols behind them, interpolated. Throws unless there are TABLE
 * counts. Source: Witten & Bell, IEEE Transactions on Information Theory 37(4), 1991.
 */
export function createLikelihood(counts: Uint32Array): Likelihood {
  if (counts.length !== TABLE)
    throw new Error(`a likelihood model has ${TABLE} counts, not ${counts.length}`)
  const two = new Uint32Array(SYMBOLS * SYMBOLS)
  const one = new Uint32Array(SYMBOLS)
  for (let at = 0; at < TABLE; at += 1) {
    const n = counts[at] as number
    two[at % (SYMBOLS * SYMBOLS)] = (two[at % (SYMBOLS * SYMBOLS)] as number) + n
    one[at % SYMBOLS] = (one[at % SYMBOLS] as number) + n
  }
  const bits = logsOf(counts, two, one)
  return {
    surprise: (text) => {
      let [a, b, sum] = [0, 0, 0]
      for (let i = 0; i <= text.length; i += 1) {
        const c = i === text.length ? 0 : symbolOf(text.charCodeAt(i))
        sum += bits[(a * SYMBOLS + b) * SYMBOLS + c] as number
        a = b
        b = c
      }
      return text === '' ? 0 : sum / (text.length + 1)
    },
  }
}

function logsOf(counts: Uint32Array, two: Uint32Array, one: Uint32Array): Float32Array {
  const bits = new Float32Array(TABLE)
  const total = one.reduce((sum, n) => sum + n, 0)
  const base = (c: number): number => ((one[c] as number) + 0.5) / (total + 0.5 * SYMBOLS)
  for (let b = 0; b < SYMBOLS; b += 1) {
    const pairs = two.subarray(b * SYMBOLS, (b + 1) * SYMBOLS)
    const [seen, kinds] = spread(pairs)
    const pairChance = Array.from(
      pairs,
      (n, c) => (n + kinds * base(c)) / Math.max(1e-9, seen + kinds),
    )
    const chance = seen === 0 ? Array.from(pairs, (_, c) => base(c)) : pairChance
    for (let a = 0; a < SYMBOLS; a += 1) {
      const row = counts.subarray((a * SYMBOLS + b) * SYMBOLS, (a * SYMBOLS + b + 1) * SYMBOLS)
      const [rowSeen, rowKinds] = spread(row)
      for (let c = 0; c < SYMBOLS; c += 1) {
        const back = chance[c] as number
        const p =
          rowSeen === 0 ? back : ((row[c] as number) + rowKinds * back) / (rowSeen + rowKinds)
        bits[(a * SYMBOLS + b) * SYMBOLS + c] = -Math.log2(p)
      }
    }
  }
  return bits
}

function spread(row: Uint32Array): [number, number] {
  let [seen, kinds] = [0, 0]
  for (const n of row) {
    seen += n
    if (n > 0) kinds += 1
  }
  return [seen, kinds]
}
