import { techniqueOf } from '../../../range/attack/catalogue.ts'
import type { Shortcut } from './shortcut-learner.ts'

/** Above this a single field gives an attack away. THREATS.md "No shortcut in the data". */
export const AUC_MAX = 0.9

/**
 * Fields that say what a declared tell is about, and those that follow from it by the shop's own
 * rules.
 */
const FIELDS: Readonly<Record<string, readonly RegExp[]>> = {
  // The basket is what the amount is made of; the exemption from strong authentication goes by the
  // amount.
  amount: [
    /^payment \w+ payment\.(amount_minor|sca)$/,
    /^http POST \/cart http_request\.(body|length)$/,
  ],
  decline: [/^payment \w+ payment\.response_code$/],
  'script-host': [/^page \w+ unmapped\.scripts/, /^http POST \/~csp unmapped\.csp_report\./],
}

/** True where the attack's own file declares the tell that this field is. */
export function isDeclared({ attack, kind, field }: Shortcut): boolean {
  return techniqueOf(attack).tells.some((tell) =>
    FIELDS[tell.field]!.some((pattern) => pattern.test(`${kind} ${field}`)),
  )
}

export function inWords({ attack, kind, field, pattern, auc, guilty, innocent }: Shortcut): string {
  return `${attack}: ${field} (${pattern}) of "${kind}" has AUC ${auc.toFixed(3)} on ${guilty} and ${innocent} events`
}
