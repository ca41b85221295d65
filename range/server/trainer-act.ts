import { randomBytes } from 'node:crypto'
import type { MoveAnswer, TrainerAct } from '../protocol/message.ts'
import type { PlayRole } from '../protocol/view.ts'
import { answerTo } from './logged.ts'
import { freeName } from './newcomer.ts'
import type { Room, Unstamped } from './room.ts'
import type { Sent } from './sent.ts'

/** What a trainer asked for, as inputs of the exercise. */
export async function trainerAct(room: Room, act: TrainerAct, sent?: Sent): Promise<MoveAnswer> {
  const input = inputOf(room, act)
  if ('reason' in input) return { ok: false, reason: input.reason }
  return answerTo(await room.submit(input.input, sent))
}

type Made = { readonly input: Unstamped } | { readonly reason: string }
function inputOf(room: Room, act: TrainerAct): Made {
  switch (act.kind) {
    case 'Step':
      return { input: { kind: 'Ticked' } }
    case 'Phase':
      return { input: { kind: 'PhaseSet', phase: act.phase } }
    case 'Speed':
      return { input: { kind: 'SpeedSet', speed: act.speed } }
    case 'Fire':
      return injectOf(room, act.inject, (inject) => ({
        kind: 'InjectScheduled',
        id: inject.id,
        inject,
        due: graceEnd(room),
      }))
    case 'Schedule':
      return injectOf(room, act.inject, (inject) => ({
        kind: 'InjectScheduled',
        id: inject.id,
        inject,
        due: act.due,
      }))
    case 'Undo':
      return { input: { kind: 'InjectUnscheduled', id: act.inject } }
    case 'Say':
      return { input: { kind: 'Said', to: act.to as readonly PlayRole[], text: act.text } }
    case 'Note':
      return { input: { kind: 'Noted', text: act.text } }
    case 'Lock':
      return { input: { kind: 'Locked', locked: act.locked } }
    case 'Rename':
      return ofPlayer(room, act.seat, {
        kind: 'SeatChanged',
        seat: act.seat,
        nickname: freeName(room.run, act.nickname, act.seat),
      })
    case 'MoveSeat':
      return ofPlayer(room, act.seat, {
        kind: 'SeatChanged',
        seat: act.seat,
        role: act.role as PlayRole,
      })
    case 'Remove':
      return ofPlayer(room, act.seat, { kind: 'SeatChanged', seat: act.seat, removed: true })
    case 'AddRobot':
      return { input: robotOf(room, act.role as PlayRole) }
    case 'Extra':
      return { input: { kind: 'ExtraTime', minutes: act.minutes } }
    case 'Board':
      return { input: { kind: 'BoardShown', shown: act.shown } }
  }
}

/**
 * Seconds of the room's time for which a fired inject can be taken back: what has happened in the
 * town cannot be.
 */
const GRACE_SECONDS = 10
function graceEnd(room: Room): number {
  return room.run.now() + Math.ceil(GRACE_SECONDS * room.run.speed()) * 1000
}

type Inject = Room['run']['scenario']['injects'][number]
function injectOf(room: Room, id: string, make: (inject: Inject) => Unstamped): Made {
  const inject = room.run.scenario.injects.find((one) => one.id === id)
  return inject === undefined ? { reason: 'no-such-inject' } : { input: make(inject) }
}

/** A trainer cannot take away the trainer's own seat. */
function ofPlayer(room: Room, seat: string, input: Unstamped): Made {
  const holder = room.run.state.seats.get(seat)
  return holder === undefined || holder.role === 'trainer' ? { reason: 'no-such-seat' } : { input }
}

const ROBOT_NAMES = { attacker: 'Night crew', defender: 'Autopilot' } as const
/** A machine player: it sees what its role sees and sends the same moves. */
export function robotOf(room: Room, role: PlayRole): Unstamped {
  const name = role === 'attacker' ? ROBOT_NAMES.attacker : ROBOT_NAMES.defender
  const before = room.run.seats().filter((seat) => seat.robot && seat.role === role).length
  return {
    kind: 'SeatTaken',
    seat: `r${randomBytes(6).toString('hex')}`,
    role,
    nickname: before === 0 ? name : `${name} ${before + 1}`,
    robot: true,
  }
}
