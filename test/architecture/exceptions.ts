/**
 * Exceptions of the tests beside this file. Each list may only shrink; `MOST` goes down with it. An
 * exception that is none any more fails the test as well.
 */

export const MOST = { files: 0, functions: 5, lines: 38 } as const

/** Files over 400 lines: tables, or closed unions that are read as a whole. */
export const LONG_FILES: readonly string[] = []

/** Functions over 60 lines: one switch over a closed union, or the composition of a server. */
export const LONG_FUNCTIONS: readonly string[] = [
  'range/client/cage/shim.js (unnamed)',
  'range/server/accounts.ts createAccounts',
  'range/server/cli/simulate.ts writeFiles',
  'range/server/cli/train-request.ts trainRequest',
  'range/server/main.ts compose',
]

/** Files with lines over 100 characters that the formatter cannot break. */
export const LONG_LINES: readonly string[] = [
  'range/server/cli/detect-combined.ts',
  'range/server/cli/detect-epcis.ts',
  'range/server/cli/detect-histogram.ts',
  'range/server/cli/detect-http.ts',
  'range/server/cli/detect-line-rules.ts',
  'range/server/cli/detect-ocsf.ts',
  'range/server/cli/detect-print.ts',
  'range/server/cli/detect-report-style.ts',
  'range/server/cli/detect-report.ts',
  'range/server/cli/detect-run.ts',
  'range/server/cli/detect-source.ts',
  'range/server/cli/detect.ts',
  'range/server/cli/train-request-texts.ts',
  'range/server/cli/train-request.ts',
  'range/server/database.ts',
  'range/server/main.ts',
  'scripts/third-parties.mjs',
  'site/exercise/LabPages.svelte',
  'site/exercise/Lanes.svelte',
  'site/exercise/Messages.svelte',
  'site/exercise/attacker/JobSheet.svelte',
  'site/exercise/customer/ShopWindow.svelte',
  'site/exercise/debrief/Debrief.svelte',
  'site/exercise/debrief/Fork.svelte',
  'site/exercise/defender/Flow.svelte',
  'site/exercise/defender/PlaybookForm.svelte',
  'site/exercise/defender/SensorChart.svelte',
  'site/exercise/defender/Story.svelte',
  'site/exercise/defender/Telemetry.svelte',
  'site/exercise/map/TownMap.svelte',
  'site/proof/Proof.svelte',
  'site/trainer/Console.svelte',
  'test/bench/mfotl.ts',
  'test/e2e/cage-plain.spec.ts',
  'test/e2e/cage.spec.ts',
  'test/e2e/fog.spec.ts',
  'test/e2e/recorder.ts',
  'test/range/server/cli/sigma.test.ts',
]

/** Rules that no test cites yet. */
export const NOT_CITED: readonly string[] = []
