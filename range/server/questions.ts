import type { Answer } from '../protocol/detection.ts'
import { parseQuestion } from '../protocol/door.ts'
import { Limits } from './limits.ts'
import type { Room } from './room.ts'

/** Questions about detections, and switching one: ten at once, then one in two seconds. */
const RATE = { burst: 10, perSecond: 0.5 }
/** Back-tests at work at the same time, in all rooms together; a further one is told `busy`. */
const WORKING_MAX = 4

/** What defenders and trainers ask about detections, answered between the ticks of all rooms. */
export class Questions {
  readonly #limits = new Limits(RATE)
  readonly #working = new Set<string>()

  /** Whether this seat may ask, or switch, once more now. */
  admits(room: Room, seat: string): boolean {
    return this.#limits.take(`${room.id} ${seat}`)
  }

  /** Refused: `not-yours`, `slow-down`, `busy`, `no-such-detection`, and what the door says. */
  async answer(room: Room, seat: string, message: unknown): Promise<Answer> {
    const { state } = room.run
    const role = state.seats.get(seat)?.role
    if (role !== 'defender' && role !== 'trainer') return refused('not-yours')
    if (!this.admits(room, seat)) return refused('slow-down')
    const question = parseQuestion(message)
    if (!question.ok) return refused(question.reason)
    switch (question.value.kind) {
      case 'BackTest':
        return this.#backTest(room, seat, question.value.text)
      case 'DetectionText': {
        const { detection } = question.value
        const known = state.own.list.find(({ id }) => id === detection)
        return known ? { kind: 'Text', text: known.text } : refused('no-such-detection')
      }
    }
  }

  async #backTest(room: Room, seat: string, text: string): Promise<Answer> {
    const key = `${room.id} ${seat}`
    if (this.#working.has(key) || this.#working.size >= WORKING_MAX) return refused('busy')
    this.#working.add(key)
    try {
      const work = room.run.backTest(text)
      for (;;) {
        const step = work.next()
        if (step.done) return step.value
        await new Promise((resolve) => setImmediate(resolve))
      }
    } catch (error) {
      // Our own fault: this question has no answer, and the exercise goes on.
      const why = error instanceof Error ? error.stack : String(error)
      process.stderr.write(`doorstep: a back-test of exercise ${room.id} failed: ${why}\n`)
      return refused('other')
    } finally {
      this.#working.delete(key)
    }
  }
}

function refused(reason: string): Answer {
  return { kind: 'Refused', reason }
}
