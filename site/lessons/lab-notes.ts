import { readDevice, writeDevice } from '../device.ts'

/** What this device remembers of one lab, so that a reload loses nothing. */
export type LabNotes = {
  /** Address of the module that the lab belongs to. */
  readonly back: string
  /** Steps done so far, by name; they stay done. */
  readonly done: readonly string[]
  /** How many hints were taken for each step. */
  readonly hints: Readonly<Record<string, number>>
  /** The way of a counterexample, where the lab plays one. */
  readonly way?: LabWay
}
export type LabWay = {
  /** What goes wrong, in plain words. */
  readonly title: string
  readonly steps: readonly string[]
  /** Attack of the catalogue that goes this way, or `by-hand`. */
  readonly kind: string
}
/** The newest finished lab of a module. */
export type LabRecord = {
  readonly exercise: string
  readonly done: number
  readonly of: number
  /** Hints beyond the free ones. */
  readonly counted: number
}

const nothing: LabNotes = { back: '/courses', done: [], hints: {} }

function read<T>(name: string): Partial<T> | undefined {
  const stored = readDevice(name)
  if (stored === undefined) return undefined
  try {
    const parsed: unknown = JSON.parse(stored)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Partial<T>) : undefined
  } catch {
    return undefined
  }
}

/** The notes of a lab; undefined where this device has not played it. */
export function readLab(exercise: string): LabNotes | undefined {
  const kept = read<LabNotes>(`lab.${exercise}`)
  if (!kept) return undefined
  const notes = { ...nothing, ...kept }
  return /^\/(?!\/)/.test(notes.back) ? notes : { ...notes, back: nothing.back }
}

/** Changes the notes of a lab; a lab without notes begins with none. */
export function changeLab(exercise: string, change: Partial<LabNotes>): void {
  writeDevice(`lab.${exercise}`, JSON.stringify({ ...nothing, ...readLab(exercise), ...change }))
}

export function readLabRecord(module: string): LabRecord | undefined {
  const kept = read<LabRecord>(`lab-record.${module}`)
  const { exercise, done, of, counted } = kept ?? {}
  if (typeof exercise !== 'string' || typeof done !== 'number' || typeof of !== 'number') return
  return { exercise, done, of, counted: typeof counted === 'number' ? counted : 0 }
}

export function writeLabRecord(module: string, record: LabRecord): void {
  writeDevice(`lab-record.${module}`, JSON.stringify(record))
}
