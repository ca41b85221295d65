import { compileHolds, type State } from './evaluate.ts'
import type { GroundModel } from './ground.ts'
import { layoutOf, type Field } from './layout.ts'
import { Moves, type Move } from './moves.ts'
import type { Prover, Trace, Verdict } from './prover.ts'
import { StateSet } from './state-set.ts'

/** A search says how far it is each time that it has gone on from this many states. */
export const TELL_STATES = 4_096

/**
 * Goes through every state there is, nearest first, so that the counterexample it returns is a
 * shortest one. Nothing is left out: no reductions. Same model, same answer. Holds at most
 * `bounds.states` states (about 60 bytes each) and refuses beyond; refuses numbers without an end.
 * `tell` hears how many states are known so far, once for each `TELL_STATES` gone through.
 */
export function search(model: GroundModel, tell?: (states: number) => void): Verdict {
  const open = model.cells.find(({ high }) => high === null)
  if (open !== undefined) {
    const reason = `${open.name} has no end, which a search cannot get through; give it one`
    return { kind: 'refused', reason: `${reason}, or prove it with --backend z3` }
  }
  return new Search(model).run(tell)
}

export const SEARCH: Prover = {
  name: 'search',
  prove: (model) => Promise.resolve(search(model)),
}

class Search {
  readonly #model: GroundModel
  readonly #fields: readonly Field[]
  readonly #found: StateSet
  readonly #moves: Moves
  readonly #properties: readonly ((state: State) => boolean)[]
  readonly #goals: { key: string; holds: (state: State) => boolean; at: number }[]
  readonly #taken: Uint8Array
  #transitions = 0
  #cut = 0

  constructor(model: GroundModel) {
    this.#model = model
    const { fields, words } = layoutOf(model.cells)
    this.#fields = fields
    this.#found = new StateSet(words, model.workflow.bounds.states)
    this.#moves = new Moves(model.steps, fields, words)
    this.#properties = model.properties.map(({ always }) => compileHolds(always))
    this.#goals = model.reachable.map(({ key, expr }) => ({
      key,
      holds: compileHolds(expr),
      at: -1,
    }))
    this.#taken = new Uint8Array(model.steps.length)
  }

  run(tell?: (states: number) => void): Verdict {
    const found = this.#found
    found.add(this.#pack(), -1, -1)
    const state = new Int32Array(this.#model.cells.length)
    let depth = 0
    let levelEnd = 1
    for (let index = 0; index < found.count; index++) {
      if (index === levelEnd) {
        depth++
        levelEnd = found.count
      }
      if (tell !== undefined && index % TELL_STATES === TELL_STATES - 1) tell(found.count)
      this.#unpack(index, state)
      const broken = this.#properties.findIndex((holds) => !holds(state))
      if (broken >= 0) return this.#violated(broken, index)
      for (const goal of this.#goals) if (goal.at < 0 && goal.holds(state)) goal.at = index
      if (!this.#expand(index, state)) {
        const { states } = this.#model.workflow.bounds
        return { kind: 'refused', reason: `there are more than ${states} states` }
      }
    }
    return this.#proved(depth)
  }

  #pack(): Int32Array {
    const key = new Int32Array(this.#found.words)
    this.#model.cells.forEach(({ start }, i) => {
      const { word, shift, low } = this.#fields[i] as Field
      key[word] = (key[word] as number) | ((start - low) << shift)
    })
    return key
  }

  #unpack(index: number, state: State): void {
    const { data, words } = this.#found
    const at = index * words
    for (let i = 0; i < state.length; i++) {
      const field = this.#fields[i] as Field
      const word = data[at + field.word] as number
      state[i] = ((word >>> field.shift) & field.mask) + field.low
    }
  }

  /** Takes every step that is possible; false where no more states may be held. */
  #expand(index: number, state: State): boolean {
    const { words } = this.#found
    const key = new Int32Array(words)
    for (const moves of this.#moves.at(state)) {
      for (let m = 0; m < moves.length; m++) {
        const move = moves[m] as Move
        if (!move.guard(state)) continue
        if (!this.#apply(move, index, state, key)) {
          this.#cut++
          continue
        }
        this.#transitions++
        this.#taken[move.step] = 1
        if (this.#found.add(key, index, move.step) < 0) return false
      }
    }
    return true
  }

  /** The state after the move into `key`; false where a number would leave its range. */
  #apply(move: Move, index: number, state: State, key: Int32Array): boolean {
    const { data, words } = this.#found
    const at = index * words
    const { keep, put, rest } = move
    for (let i = 0; i < words; i++)
      key[i] = ((data[at + i] as number) & (keep[i] as number)) | (put[i] as number)
    for (let i = 0; i < rest.length; i++) {
      const { value, field } = rest[i] as Move['rest'][number]
      const bits = value(state) - field.low
      if (bits < 0 || bits > field.limit) return false
      key[field.word] = (key[field.word] as number) | (bits << field.shift)
    }
    return true
  }

  #trace(index: number): Trace {
    const steps: number[] = []
    for (let at = index; at > 0; at = this.#found.parent[at] as number)
      steps.push(this.#found.step[at] as number)
    return steps.reverse()
  }

  #violated(property: number, index: number): Verdict {
    return {
      kind: 'violated',
      property: this.#model.properties[property]?.key ?? '',
      trace: this.#trace(index),
      states: this.#found.count,
      transitions: this.#transitions,
    }
  }

  #proved(depth: number): Verdict {
    const { steps, workflow } = this.#model
    const taken = new Set(
      steps.flatMap(({ action }, i) => (this.#taken[i] === 1 ? [action.key] : [])),
    )
    return {
      kind: 'proved',
      bound: { kind: 'all-states' },
      states: this.#found.count,
      transitions: this.#transitions,
      depth,
      cut: this.#cut,
      reachable: this.#goals.map(({ key, at }) => ({
        key,
        trace: at < 0 ? null : this.#trace(at),
      })),
      idle: workflow.actions.map(({ key }) => key).filter((key) => !taken.has(key)),
    }
  }
}
