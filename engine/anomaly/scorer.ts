/** A learned model: pure, synchronous, the same bits for a row alone or in any batch. */
export interface Scorer {
  readonly name: string
  /** SHA-256 of the model file, hexadecimal: recorded with an exercise. */
  readonly digest: string
  /** Model columns, in order; `rows` holds `count` rows of that many. */
  readonly features: readonly string[]
  /** One anomaly score a row, not calibrated: greater is stranger. */
  score(rows: Float32Array, count: number): Float32Array
  /** For each row the share of its score that each feature has, in the order of `features`. */
  explain(rows: Float32Array, count: number): Float32Array
  /** Ascending scores of held-back quiet windows, from which thresholds follow; never of the training rows. */
  readonly quietScores: readonly number[]
  /** Windows that were looked at in eight quiet hours on average: what a budget is spread over. */
  readonly windowsPerDay: number
}
