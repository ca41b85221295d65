import { withRow } from '../world/rows.ts'
import type { AttackCommand, AttackEvent, AttackRun, AttackState } from '../world/types-attack.ts'
import type { Happened, Part, Scheduled, World, WorldEvent } from '../world/types.ts'
import { findTechnique, techniqueOf } from './catalogue.ts'
import { completeParams } from './technique.ts'

const RUNS_MAX = 200
const DELAY_MAX_MS = 24 * 3_600_000
/** Commands of one step; more is our bug. */
export const STEP_COMMANDS_MAX = 60

/**
 * The crews as a part of the world: each run is asked for its next step until it is over, stopped
 * or blocked.
 */
export const attacks: Part<AttackState, AttackCommand, AttackEvent> = {
  commands: ['LaunchAttack', 'StopAttack', 'AttackStep'],
  events: ['AttackLaunched', 'AttackStopped', 'AttackStepped'],
  initial: () => ({ runs: [] }),
  opening: () => [],
  decide,
  evolve,
  react,
  meters: (meters) => meters,
}

function decide(world: World, command: AttackCommand): readonly WorldEvent[] {
  switch (command.kind) {
    case 'LaunchAttack':
      return launch(world, command)
    case 'StopAttack': {
      const run = world.attacks.runs[command.run]
      return run && isAlive(run)
        ? [{ kind: 'AttackStopped', run: run.run }]
        : [{ kind: 'CommandRefused', command: 'StopAttack', reason: 'attack-over' }]
    }
    case 'AttackStep':
      return step(world, command.run, command.step)
  }
}
function launch(
  world: World,
  command: Extract<AttackCommand, { kind: 'LaunchAttack' }>,
): readonly WorldEvent[] {
  const refuse = (reason: string): readonly WorldEvent[] => [
    { kind: 'CommandRefused', command: 'LaunchAttack', reason },
  ]
  const technique = findTechnique(command.technique)
  if (!technique) return refuse('no-such-attack')
  if (command.run !== world.attacks.runs.length) return refuse('run-number-taken')
  if (world.attacks.runs.length >= RUNS_MAX) return refuse('too-many-attacks')
  const params = completeParams(technique, world, command.params)
  const reason = technique.refuses(world, params)
  if (reason !== null) return refuse(reason)
  const delayMs = Math.max(0, Math.min(DELAY_MAX_MS, Math.floor(command.delayMs)))
  return [{ kind: 'AttackLaunched', run: command.run, technique: technique.id, params, delayMs }]
}
function step(world: World, id: number, ordinal: number): readonly WorldEvent[] {
  const run = world.attacks.runs[id]
  if (!run || !isAlive(run) || run.step !== ordinal)
    return [{ kind: 'CommandRefused', command: 'AttackStep', reason: 'attack-over' }]
  const next = techniqueOf(run.technique).step(world, run)
  if (next.commands.length > STEP_COMMANDS_MAX)
    throw new Error(`${run.technique}: more than ${STEP_COMMANDS_MAX} commands in one step`)
  return [
    {
      kind: 'AttackStepped',
      run: id,
      step: ordinal,
      memory: next.memory,
      commands: next.commands,
      status: next.status,
      nextAfterMs: next.nextAfterMs,
    },
  ]
}
export function isAlive(run: AttackRun): boolean {
  return run.status === 'planned' || run.status === 'running'
}

function evolve(state: AttackState, event: AttackEvent, world: World): AttackState {
  switch (event.kind) {
    case 'AttackLaunched': {
      const fresh: AttackRun = {
        run: event.run,
        technique: event.technique,
        params: event.params,
        launched: world.now + event.delayMs,
        step: 0,
        status: 'planned',
        endedAt: null,
        memory: {},
      }
      return {
        runs: [
          ...state.runs,
          { ...fresh, memory: techniqueOf(event.technique).begin(world, fresh) },
        ],
      }
    }
    case 'AttackStopped':
      return change(state, event.run, { status: 'stopped', endedAt: world.now })
    case 'AttackStepped': {
      const over = event.status !== 'running' && event.status !== 'planned'
      return change(state, event.run, {
        status: event.status,
        memory: event.memory,
        step: event.step + 1,
        ...(over ? { endedAt: world.now } : {}),
      })
    }
  }
}
function change(state: AttackState, run: number, to: Partial<AttackRun>): AttackState {
  return { runs: withRow(state.runs, run, { ...state.runs[run]!, ...to }) }
}

function react(world: World, { event }: Happened): readonly Scheduled[] {
  if (event.kind === 'AttackLaunched') return [nextStep(world, event.run, 0, event.delayMs)]
  if (event.kind !== 'AttackStepped') return []
  const cause = { kind: 'attack', run: event.run } as const
  const tries = event.commands.map(({ afterMs, command }, i): Scheduled => ({
    at: world.now + afterMs,
    entity: event.run,
    ordinal: event.step * STEP_COMMANDS_MAX + i,
    command,
    cause,
  }))
  return event.nextAfterMs === null
    ? tries
    : [...tries, nextStep(world, event.run, event.step + 1, event.nextAfterMs)]
}
function nextStep(world: World, run: number, step: number, afterMs: number): Scheduled {
  return {
    at: world.now + afterMs,
    entity: run,
    ordinal: step,
    command: { kind: 'AttackStep', run, step },
    cause: { kind: 'attack', run },
  }
}
