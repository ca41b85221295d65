import type { TrainerView } from '../../protocol/view.ts'
import { lanesOf } from '../lanes.ts'
import type { RunState } from '../state.ts'
import type { Connection } from '../types.ts'
import { totals } from '../score.ts'
import { commonOf, mapOf } from './common.ts'

/** The trainer sees everything; players do not. */
export function trainerView(
  state: RunState,
  connections: Readonly<Record<string, Connection>>,
): TrainerView {
  return {
    ...commonOf(state, null, 'trainer'),
    role: 'trainer',
    code: state.code,
    locked: state.locked,
    seats: [...state.seats.values()]
      .filter((seat) => !seat.removed)
      .map((seat) => ({
        seat: seat.seat,
        role: seat.role,
        nickname: seat.nickname,
        robot: seat.robot,
        connection: connections[seat.seat] ?? { state: 'lost', ms: null, since: 0 },
      })),
    meters: state.town.world().meters,
    score: { ...totals(state.score), shown: state.boardShown },
    lanes: lanesOf(state),
    injects: state.scenario.injects.map((inject) => {
      const used = state.injects.filter((one) => one.id === inject.id && !one.cancelled)
      return {
        id: inject.id,
        title: inject.title,
        about: inject.about,
        tone: inject.tone,
        preview: inject.preview,
        says: inject.message ?? null,
        warning: warningOf(state, inject),
        fired: used.findLast((one) => one.fired)?.due ?? null,
        due: used.find((one) => !one.fired)?.due ?? null,
      }
    }),
    notes: state.notes.slice(-50),
    said: state.messages
      .filter((message) => message.from === 'trainer')
      .slice(-50)
      .map(({ at, to, text }) => ({ at, to, text })),
    map: mapOf(state),
    ledger: state.ledger,
  }
}

/**
 * A side effect worth knowing before firing: a release or restore replaces a page that carries an
 * attack.
 */
function warningOf(
  state: RunState,
  inject: RunState['scenario']['injects'][number],
): string | null {
  const replaces = inject.commands.some(
    (command) => command.kind === 'ReleaseShop' || command.kind === 'RestorePage',
  )
  const skimmer = state.town
    .world()
    .attacks.runs.some((run) => run.technique === 'W1' && run.status === 'running')
  return replaces && skimmer ? 'ends-w1' : null
}
