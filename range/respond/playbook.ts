import { z } from 'zod'
import { ACTIONS_MAX } from '../protocol/limits.ts'
import { parseMove, type Response } from '../protocol/move.ts'

/** Entities of one kind that a step is run for: as many as an incident's lead may name. */
const EACH_MAX = 24
/** Parcels, of those aboard a van, that a step is run for; as many again of vans named beside. */
const PARCELS_MAX = 3

/**
 * A CACAO 2.0 playbook, read as far as Doorstep runs it: one straight line of action steps of type
 * `doorstep`.
 */
export interface Playbook {
  readonly id: string
  readonly name: string
  readonly steps: readonly PlaybookStep[]
}
export interface PlaybookStep {
  readonly name: string
  readonly action: Response['kind']
  /** Entity kind whose members the step is run for, or null for once. */
  readonly each: string | null
  readonly value: number | null
  readonly optional: boolean
}

const stepSchema = z.looseObject({
  type: z.string(),
  name: z.string().optional(),
  on_completion: z.string().optional(),
  commands: z.array(z.looseObject({ type: z.string(), command: z.string().optional() })).optional(),
})
const playbookSchema = z.looseObject({
  type: z.literal('playbook'),
  spec_version: z.literal('cacao-2.0'),
  id: z.string().startsWith('playbook--'),
  name: z.string().min(1),
  workflow_start: z.string(),
  workflow: z.record(z.string(), stepSchema),
})

const ACTIONS: readonly Response['kind'][] = [
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
  'FreezeBook',
  'ThawBook',
  'ProveChange',
  'RebuildBook',
]

/**
 * Reads a playbook or returns all its mistakes in words. Steps other than straight actions are
 * refused by name.
 */
export function readPlaybook(
  file: string,
  value: unknown,
): { ok: true; playbook: Playbook } | { ok: false; mistakes: readonly string[] } {
  const parsed = playbookSchema.safeParse(value)
  if (!parsed.success)
    return {
      ok: false,
      mistakes: parsed.error.issues.map(
        (issue) => `${file}: ${issue.path.join('.')}: ${issue.message}`,
      ),
    }
  const mistakes: string[] = []
  const steps: PlaybookStep[] = []
  const seen = new Set<string>()
  for (let id: string | undefined = parsed.data.workflow_start; id !== undefined;) {
    const step: z.infer<typeof stepSchema> | undefined = parsed.data.workflow[id]
    if (!step || seen.has(id)) {
      mistakes.push(`${file}: step ${id} ${step ? 'comes twice' : 'is missing'}`)
      break
    }
    seen.add(id)
    if (step.type === 'action') {
      for (const command of step.commands ?? []) {
        const read = readCommand(command.command ?? '', step.name ?? id)
        if (typeof read === 'string') mistakes.push(`${file}: ${read}`)
        else steps.push(read)
      }
    } else if (step.type !== 'start' && step.type !== 'end')
      mistakes.push(`${file}: steps of type ${step.type} are not supported`)
    id = step.on_completion
  }
  const most = steps.reduce((sum, step) => sum + mostOf(step), 0)
  if (most > ACTIONS_MAX)
    mistakes.push(
      `${file}: it may come to ${most} actions, ${ACTIONS_MAX} are the most: make it shorter`,
    )
  if (mistakes.length > 0) return { ok: false, mistakes }
  return { ok: true, playbook: { id: parsed.data.id, name: parsed.data.name, steps } }
}

/** Actions that a step may come to. */
function mostOf({ each }: PlaybookStep): number {
  if (each === null) return 1
  return each === 'parcel' ? 2 * PARCELS_MAX : EACH_MAX
}

function readCommand(text: string, name: string): PlaybookStep | string {
  const words = text.split(' ').filter((word) => word !== '')
  const action = ACTIONS.find((one) => one === words[0])
  if (!action)
    return `step "${name}": there is no action "${words[0] ?? ''}"; one of ${ACTIONS.join(', ')}`
  const each = words.indexOf('each')
  const number = words
    .slice(1)
    .map(Number)
    .find((value) => Number.isFinite(value))
  return {
    name,
    action,
    each: each < 0 ? null : (words[each + 1] ?? null),
    value: number ?? null,
    optional: words.includes('optional'),
  }
}

/**
 * The concrete actions of a playbook for the entities of an incident, each with whether it is
 * recommended: what is only named beside a lead of the same kind is offered, not recommended.
 */
export function planResponse(
  playbook: Playbook,
  lead: readonly string[],
  others: readonly string[],
  parcelsAboard: (van: number) => readonly number[],
): { readonly action: Response; readonly label: string; readonly recommended: boolean }[] {
  const planned: { action: Response; label: string; recommended: boolean }[] = []
  for (const step of playbook.steps) {
    const first = targetsOf(step, lead, parcelsAboard)
    const all = [...new Set([...first, ...targetsOf(step, others, parcelsAboard)])]
    const targets = all.slice(0, EACH_MAX)
    for (const target of targets) {
      const action = concrete(step, target)
      const sure = first.length === 0 || first.includes(target)
      if (action) planned.push({ action, label: step.action, recommended: sure && !step.optional })
    }
  }
  return planned
}

function targetsOf(
  step: PlaybookStep,
  entities: readonly string[],
  parcelsAboard: (van: number) => readonly number[],
): readonly string[] {
  if (step.each === null) return ['']
  const named = entities
    .filter((entity) => entity.startsWith(`${step.each}:`))
    .map((entity) => entity.slice(step.each!.length + 1))
  if (step.each !== 'parcel') return [...new Set(named)].slice(0, EACH_MAX)
  const aboard = entities
    .filter((entity) => entity.startsWith('van:'))
    .flatMap((entity) => parcelsAboard(Number(entity.slice(4))))
  return aboard.slice(0, PARCELS_MAX).map(String)
}

function concrete(step: PlaybookStep, target: string): Response | null {
  const number = Number(target)
  const draft: Record<string, unknown> = { kind: step.action }
  switch (step.action) {
    case 'RestorePage':
      draft['page'] = target
      break
    case 'BlockHost':
    case 'UnblockHost':
    case 'NotifyCardHolders':
      draft['host'] = target
      break
    case 'BlockSource':
    case 'UnblockSource':
      draft['ip'] = target
      break
    case 'SuspendAccount':
    case 'RestoreAccount':
      draft['account'] = target
      break
    case 'SetVelocityRule':
      draft['perMinute'] = step.value
      break
    case 'HoldParcel':
    case 'ReleaseParcel':
      draft['parcel'] = number
      break
    case 'RecallVan':
      draft['van'] = number
      break
    case 'LockCargo':
      draft['van'] = number
      draft['locked'] = true
      break
    case 'FreezeRefunds':
    case 'ThawRefunds':
      break
    // There is one book; another device named in an incident is none.
    case 'FreezeBook':
    case 'ThawBook':
    case 'ProveChange':
    case 'RebuildBook':
      if (target !== '' && target !== 'book') return null
      break
  }
  const parsed = parseMove({ kind: 'Respond', incident: null, actions: [draft] })
  return parsed.ok && parsed.move.kind === 'Respond' ? parsed.move.actions[0]! : null
}
