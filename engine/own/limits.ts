/** A text that somebody wrote during an exercise has at most this many UTF-8 bytes. */
export const OWN_BYTES_MAX = 12_288
/** Detections of one's own that run at once. */
export const OWN_RUNNING_MAX = 12

/** Documents in one text, and correlations among them. */
export const DOCUMENTS_MAX = 4
export const CORRELATIONS_MAX = 2
/** Values that the conditions of one text compare with, and regular expressions among them. */
export const VALUES_MAX = 200
export const REGEXES_MAX = 16
/** RE2 instructions of all of them together: each character of a field may meet each of them. */
export const REGEX_STEPS_MAX = 1_000
/** Characters of a title, and of a template of an entity. */
export const TITLE_MAX = 120
export const TEMPLATE_MAX = 200

/** What one formula may cost at one moment, and its explanations: their steps and their number. */
export const MONITOR_LIMITS = {
  keptMax: 100_000,
  workMax: 200_000,
  answersMax: 500,
  explainWork: 15_000,
  explainMost: 60,
}
/** Rows that one formula may look at: so many at once, and so many more each second of its time. */
export const ROWS_AT_ONCE = 1_000_000
export const ROWS_A_SECOND = 20_000
/** Matches of one formula; alerts of any detection. Then it stops. */
export const MATCHES_MAX = 2_000
export const ALERTS_MAX = 300

/** Mistakes that are told at once. */
export const MISTAKES_MAX = 20
