import { readDevice } from '../device.ts'
import { browserMoveSigner } from '../../range/client/move-keys.ts'
import { connectSeat, type SeatConnection } from '../../range/client/socket/seat.ts'
import type { TelemetryPage, TelemetryQuery } from '../../range/exercise/types.ts'
import type { Answer, Question } from '../../range/protocol/detection.ts'
import type { MoveAnswer, TrainerAct } from '../../range/protocol/message.ts'
import type { Move } from '../../range/protocol/move.ts'
import type { View } from '../../range/protocol/view.ts'
import type { Alarm, watchReceipts } from './receipt-watch.ts'
import { keepReceipt } from './receipts.ts'

/** A seat's connection as Svelte state: the newest view, and how the line is. */
export class SeatLink {
  view = $state.raw<View | null>(null)
  line = $state<'connecting' | 'here' | 'lost' | 'gone'>('connecting')
  reason = $state<string | null>(null)
  /** Whether this browser, as a witness, was shown another record than before. */
  doubted = $state(false)
  /** What a receipt of this seat showed that nobody may overlook. */
  alarm = $state<Alarm | null>(null)
  readonly #connection: SeatConnection
  #receipts: ReturnType<typeof watchReceipts> | undefined
  #stopWatching: (() => void) | undefined
  #closed = false

  constructor(exercise: string, token: string) {
    this.#connection = connectSeat({
      exercise,
      token,
      onReceipt: (message) => keepReceipt(exercise, message),
      signer: browserMoveSigner(exercise),
    })
    if (token === seatToken(exercise)) void this.#watch(exercise, token)
    this.#connection.subscribe((state) => {
      this.view = state.view
      if (state.view?.clock.phase === 'ended') this.#receipts?.ended()
      this.line = state.line
      this.reason = state.reason
    })
  }
  move(move: Move): Promise<MoveAnswer> {
    return this.#connection.move(move)
  }
  ask(query: TelemetryQuery): Promise<TelemetryPage> {
    return this.#connection.ask(query)
  }
  question(question: Question): Promise<Answer> {
    return this.#connection.question(question)
  }
  act(act: TrainerAct): Promise<MoveAnswer> {
    return this.#connection.act(act)
  }
  close(): void {
    this.#closed = true
    this.#stopWatching?.()
    this.#receipts?.stop()
    this.#connection.close()
  }

  /** Whoever plays also witnesses the record; of its own, and never in the way of the game. */
  async #watch(exercise: string, token: string): Promise<void> {
    const [{ watchQuietly }, { watchReceipts }] = await Promise.all([
      import('../proof/watch.ts'),
      import('./receipt-watch.ts'),
    ])
    if (this.#closed) return
    this.#receipts = watchReceipts(exercise, (alarm) => {
      this.alarm = alarm
    })
    if (this.view?.clock.phase === 'ended') this.#receipts.ended()
    this.#stopWatching = watchQuietly(exercise, token, (now) => {
      this.doubted = now.kind === 'alarm'
    })
  }
}

/**
 * The token that gives a seat back after a reload; the big screen keeps its own beside a trainer's.
 */
export function seatToken(exercise: string, slot: 'seat' | 'screen' = 'seat'): string {
  return readDevice(`${slot}.${exercise}`) ?? ''
}
