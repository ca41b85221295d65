const SECRET = '"cause" "truth" "seed"'
const CREW = '"run" "crewHours" "stealth" "loot"'
const DESK = '"incidents" "alerts" "decisions"'

/** Words that no frame to a role may hold, whatever happens in the game. */
export const FORBIDDEN = {
  defender: words(`${SECRET} ${CREW} "diversion" "spoof" "wallet" seen.`, 'they sleep'),
  customer: words(`${SECRET} ${CREW} ${DESK} "telemetry"`),
  screen: words(`${SECRET} ${CREW} ${DESK} "wallet"`, '"nickname":"a '),
  attacker: words(`${SECRET} ${DESK} "telemetry" "wallet" "trends"`),
} as const

function words(single: string, ...others: readonly string[]): readonly string[] {
  return [...single.split(' '), ...others]
}
