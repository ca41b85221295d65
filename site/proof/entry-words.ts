import { knownJob } from '../exercise/attacker/jobs.ts'
import { hour } from '../exercise/format.ts'
import { t, type MessageKey } from '../messages.ts'

/** The kinds of input, and of a player's moves, that the catalogue has a sentence for. */
const INPUTS = [
  'Opened',
  'SeatTaken',
  'SeatChanged',
  'Locked',
  'PhaseSet',
  'SpeedSet',
  'Moved',
  'Requested',
  'Injected',
  'InjectScheduled',
  'InjectUnscheduled',
  'Said',
  'Noted',
  'ExtraTime',
  'BoardShown',
  'LogAudited',
  'Ticked',
] as const
const MOVES = [
  'Launch',
  'StopAttack',
  'TakeIncident',
  'DismissIncident',
  'Respond',
  'SwitchOnDetection',
  'SwitchOffDetection',
  'Complain',
] as const
const KINDS = {
  padding: 'proof.kind.padding',
  digest: 'proof.kind.digest',
  erased: 'proof.kind.erased',
  devices: 'tamper.kind.devices',
  signatures: 'tamper.kind.signatures',
} as const

type Bag = Readonly<Record<string, unknown>>

/**
 * What an entry of the record says, as one sentence for whoever does not read JSON. The entry
 * comes from the server, and is as strange as it likes: what is not known is named as such.
 */
export function entryWords(entry: unknown): string {
  const told = bag(entry)
  const kind = (Object.keys(KINDS) as (keyof typeof KINDS)[]).find((one) => one === told['kind'])
  if (kind !== undefined)
    return t(KINDS[kind], { at: hourOf(told['at']), count: countOf(told['events']) })
  const input = bag(told['input'])
  const known = INPUTS.find((one) => one === input['kind'])
  if (told['kind'] !== 'input' || known === undefined) return t('proof.kind.other')
  return t('proof.kind.input', { at: hourOf(input['at']), what: inputWords(known, input) })
}

function inputWords(kind: (typeof INPUTS)[number], input: Bag): string {
  const move = bag(input['move'])
  const inject = bag(input['inject'])
  const moved = MOVES.find((one) => one === move['kind'])
  const key: MessageKey =
    kind === 'Moved' && moved !== undefined ? `proof.move.${moved}` : `proof.input.${kind}`
  return t(key, {
    name: input['words'] === undefined ? text(input['nickname']) : t('proof.somebody'),
    role: text(input['role']),
    speed: text(input['speed']),
    minutes: text(input['minutes']),
    inject: text(inject['title'] ?? input['id']),
    path: text(bag(input['request'])['path']),
    technique: t(`exercise.attack.${knownJob(text(move['technique']))}.name`),
    phase: text(input['phase']),
    actions: actionsOf(move['actions']),
  })
}

function actionsOf(actions: unknown): string {
  if (!Array.isArray(actions)) return '…'
  return actions
    .map((action) => t(`exercise.action.${text(bag(action)['kind']) as 'RestorePage'}`))
    .join(', ')
}
function countOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0
}
function bag(value: unknown): Bag {
  return typeof value === 'object' && value !== null ? (value as Bag) : {}
}
function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '…'
}
function hourOf(value: unknown): string {
  return typeof value === 'number' ? hour(value) : '…'
}
