/**
 * Scores of quiet windows that the model was not trained on, and how many such windows eight hours
 * have.
 */
export interface QuietScores {
  /** Ascending. */
  readonly scores: readonly number[]
  /**
   * Windows looked at in eight quiet hours, on average: what a false-alert budget is spread over.
   */
  readonly perDay: number
}

/** A learned model: pure, synchronous, the same bits for a row alone or in any batch. */
export interface Scorer {
  readonly name: string
  /** SHA-256 of the model file, hexadecimal: recorded with an exercise. */
  readonly digest: string
  /** Columns of a row, in order. */
  readonly features: readonly string[]
  /** By class of subject, such as `ip`. */
  readonly quiet: Readonly<Record<string, QuietScores>>
  /**
   * One score a row, greater is stranger. `rows` holds `count` rows of `features.length` columns.
   */
  score(rows: Float32Array, count: number): Float32Array
  /**
   * What each column adds to its row's score, in the order of `features`; rows sum to the score.
   */
  contributions(rows: Float32Array, count: number): Float32Array
}
