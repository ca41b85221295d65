import type { Counterfactual, Debrief } from '../../../range/protocol/view.ts'
import { t, type MessageKey } from '../../messages.ts'
import { knownJob } from '../attacker/jobs.ts'
import { hour, money } from '../format.ts'
import { nameOf } from '../naming.ts'

export type Station = Counterfactual['happened'][number]

/** What can be asked, as half a sentence after "What if". */
export function choiceText(one: Debrief['choices'][number]): string {
  const at = hour(Number(one.params['at'] ?? 0))
  const decision = {
    action: actionText(String(one.params['action'])),
    target: targetText(String(one.params['target'] ?? '')),
    at,
  }
  switch (one.label) {
    case 'without':
      return t('exercise.whatif.without', {
        attack: t(`exercise.attack.${knownJob(String(one.params['attack']))}.name`),
      })
    case 'at-once':
      return t('exercise.whatif.at-once', {
        attack: t(`exercise.attack.${knownJob(String(one.params['attack']))}.name`),
        at,
      })
    case 'earlier':
      return t('exercise.whatif.earlier', decision)
    default:
      return t('exercise.whatif.later', decision)
  }
}

/** The choices in three groups, none of them empty. */
export function grouped(
  choices: Debrief['choices'],
): readonly { readonly name: string; readonly choices: Debrief['choices'] }[] {
  const of = (...labels: readonly string[]): Debrief['choices'] =>
    choices.filter(({ label }) => labels.includes(label))
  return [
    { name: t('exercise.whatif.group.at-once'), choices: of('at-once') },
    { name: t('exercise.whatif.group.without'), choices: of('without') },
    { name: t('exercise.whatif.group.moved'), choices: of('earlier', 'later') },
  ].filter((group) => group.choices.length > 0)
}

export function stationText(one: Station): string {
  const attack = t(`exercise.attack.${knownJob(String(one.params['attack'] ?? ''))}.short`)
  switch (one.label) {
    case 'first-effect':
      return t('exercise.station.first-effect', { attack })
    case 'parcels-gone':
      return t('exercise.station.parcels-gone', { count: Number(one.params['parcels'] ?? 0) })
    case 'contained':
      return t('exercise.station.contained', { attack })
    case 'last-effect':
      return t('exercise.station.last-effect', { attack })
    case 'decision-refused':
      return t('exercise.station.refused', { action: actionText(String(one.params['action'])) })
    default:
      return actionText(String(one.params['action']))
  }
}

/**
 * An input that became impossible: "address blocked (203.0.113.7)", or what kind of input it was.
 */
export function inputText(input: string): string {
  const parts = input.split(', ').map((part) => {
    const [kind = '', ...rest] = part.split(' ')
    const name = knownAction(kind)
    if (name === undefined) return t(`exercise.whatif.input.${knownInput(kind)}`)
    return rest.length === 0 ? name : `${name} (${targetText(rest.join(' '))})`
  })
  return [...new Set(parts)].join(', ')
}

/**
 * Why the world refused it in the other history; a reason without words of its own reads as "not
 * possible".
 */
export function reasonText(reason: string): string {
  const text = t(`exercise.refused.${reason as 'other'}`)
  return text.startsWith('[') ? t('exercise.refused.other') : text
}

/** Between the two ends lie these; empty where nothing that is counted differs. */
export function between(result: Counterfactual): readonly string[] {
  const { was, would } = result
  const gone = Math.abs(was.parcelsLost - would.parcelsLost)
  const trust = Math.abs(Math.round(was.trustMilli / 1000) - Math.round(would.trustMilli / 1000))
  const cards = Math.abs(was.cardsLeaked - would.cardsLeaked)
  const lost = Math.abs(was.lostMinor - would.lostMinor)
  return [
    ...(lost >= 100 ? [money(lost)] : []),
    ...(gone > 0 ? [t('exercise.whatif.parcels', { count: gone })] : []),
    ...(cards > 0 ? [t('exercise.whatif.cards', { count: cards })] : []),
    ...(trust > 0 ? [t('exercise.whatif.trust', { count: trust })] : []),
  ]
}

/** The stations that tell the two histories apart come first; at most `most`, in order of time. */
export function telling(
  mine: readonly Station[],
  other: readonly Station[],
  most: number,
): Station[] {
  const known = new Set(other.map((one) => JSON.stringify(one)))
  const own = mine.filter((one) => !known.has(JSON.stringify(one)))
  const same = mine.filter((one) => known.has(JSON.stringify(one)))
  return [...own, ...same].slice(0, most).sort((a, b) => a.at - b.at)
}

function actionText(action: string): string {
  return knownAction(action) ?? t('exercise.whatif.input.other')
}
const ACTIONS = [
  'RestorePage',
  'BlockHost',
  'UnblockHost',
  'BlockSource',
  'UnblockSource',
  'SuspendAccount',
  'RestoreAccount',
  'FreezeRefunds',
  'ThawRefunds',
  'SetVelocityRule',
  'NotifyCardHolders',
  'HoldParcel',
  'ReleaseParcel',
  'RecallVan',
  'LockCargo',
] as const
function knownAction(action: string): string | undefined {
  const known = ACTIONS.find((one) => one === action)
  return known === undefined ? undefined : t(`exercise.action.${known}` as MessageKey)
}
const INPUTS = [
  'Requested',
  'Launch',
  'StopAttack',
  'TakeIncident',
  'DismissIncident',
  'SwitchOnDetection',
  'SwitchOffDetection',
  'Complain',
] as const
function knownInput(kind: string): (typeof INPUTS)[number] | 'other' {
  return INPUTS.find((one) => one === kind) ?? 'other'
}
/** `ip:203.0.113.7` reads better without its kind; `van:0` is Van 1. */
function targetText(target: string): string {
  return target.includes(':') ? nameOf(target) : target
}
