import { fromBase64, toBase64 } from '../../range/ledger/bytes.ts'
import { readDevice, writeDevice } from '../device.ts'
import { OWN_IDS_FROM, type Change, type Tool } from './change.ts'
import { runChecks } from './check.ts'
import { CHECKERS, noticedBy, type Checker, type Findings } from './finding.ts'
import { foreseen, lessonOf, withTry, type Lesson, type Ticked, type Tried } from './lesson.ts'
import { isChanged, linesOf } from './lines.ts'
import { parseNotes } from './notes.ts'
import { makeKeys } from './record.ts'
import {
  changedRows,
  changedView,
  openLab,
  type Experiment,
  type Lab,
  type Party,
  type Power,
} from './scene.ts'
import { story } from './story.ts'

/** What a run of the checks gave, beside what was foreseen. */
export interface Result {
  readonly findings: Findings
  readonly noticed: Readonly<Record<Checker, boolean>>
  readonly ticked: readonly Ticked[]
  readonly foreseen: number
  readonly lesson: Lesson
}

const KEPT = 'tamper'

/** The learner's desk: the record, what was done to it, and what came of it. Kept on the device. */
export class Desk {
  readonly lab: Lab
  readonly #secret: string
  power = $state<Power>('database')
  tool = $state<Tool>('edit')
  changes = $state.raw<readonly Change[]>([])
  shown = $state.raw<readonly Party[]>(['auditor'])
  tried = $state.raw<readonly Tried[]>([])
  ticked = $state.raw<readonly Ticked[]>([])
  result = $state.raw<Result | null>(null)
  /** Place of the entry whose way is lit in the tree. */
  lit = $state<number | undefined>()

  readonly experiment: Experiment = $derived({
    tool: this.tool,
    power: this.power,
    changes: this.changes,
    shown: this.shown,
  })
  readonly rows = $derived.by(() => changedRows(this.lab, this.changes))
  readonly view = $derived.by(() => changedView(this.lab, this.experiment))
  readonly lines = $derived.by(() =>
    linesOf(this.lab.truth.rows, this.rows, this.changes, this.tool),
  )
  readonly changed = $derived.by(() => isChanged(this.lab.truth.rows, this.rows))

  /** `random` fills 32 bytes; it is asked where the device has kept no secret. */
  constructor(random: () => Uint8Array) {
    const notes = parseNotes(readDevice(KEPT))
    this.#secret = notes?.secret ?? toBase64(random())
    this.lab = openLab(story(), makeKeys(fromBase64(this.#secret)!))
    if (notes === undefined) return
    this.power = notes.power
    this.tool = notes.tool
    this.changes = notes.changes
    this.shown = notes.shown
    this.tried = notes.tried
  }

  /** Another tool, or another power: the record is as it was. */
  choose({ tool = this.tool, power = this.power }: { tool?: Tool; power?: Power }): void {
    if (tool !== this.tool) this.changes = []
    this.tool = tool
    this.power = power
    this.#onward()
  }

  show(shown: readonly Party[]): void {
    this.shown = shown
    this.#onward()
  }

  change(change: Change): void {
    this.changes = [...this.changes, change]
    this.#onward()
  }

  undo(): void {
    this.changes = this.changes.slice(0, -1)
    this.#onward()
  }

  reset(): void {
    this.changes = []
    this.lit = undefined
    this.#onward()
  }

  /** The id of the next row that the learner writes. */
  get nextId(): number {
    return OWN_IDS_FROM + this.changes.length
  }

  /** Who is thought to notice; nobody excludes all others. */
  tick(who: Ticked, on: boolean): void {
    const others = this.ticked.filter(
      (one) => one !== who && (!on || (one === 'nobody') === (who === 'nobody')),
    )
    this.ticked = on ? [...others, who] : others
  }

  /** Runs the checks on the record as it now is, and keeps what came of it. */
  run(): void {
    const findings = runChecks(this.lab, this.experiment)
    const noticed = noticedBy(findings)
    const score = foreseen(this.ticked, noticed)
    const lesson = lessonOf(this.experiment, noticed)
    this.result = { findings, noticed, ticked: this.ticked, foreseen: score, lesson }
    const { tool, power } = this
    const who = CHECKERS.filter((one) => noticed[one])
    this.tried = withTry(this.tried, { tool, power, noticed: who, foreseen: score })
    this.#keep()
  }

  forget(): void {
    this.tried = []
    this.#keep()
  }

  /** What was foreseen and found belongs to the record as it was then. */
  #onward(): void {
    this.ticked = []
    this.result = null
    if (this.lit !== undefined && this.lit >= this.rows.length) this.lit = undefined
    this.#keep()
  }

  #keep(): void {
    const { tool, power, changes, shown, tried } = this
    const notes = { secret: this.#secret, tool, power, changes, shown, tried }
    writeDevice(KEPT, JSON.stringify(notes))
  }
}
