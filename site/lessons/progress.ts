import { readDevice, writeDevice } from '../device.ts'

export type Answer = {
  readonly right: boolean
  readonly sure: 1 | 2 | 3
  readonly picked: readonly string[]
}
export type LessonProgress = {
  readonly stops: readonly string[]
  readonly monday: boolean
  readonly answers: Readonly<Record<string, Answer>>
}
type All = Readonly<Record<string, LessonProgress>>

const nothing: LessonProgress = { stops: [], monday: false, answers: {} }

function readAll(): All {
  const stored = readDevice('progress')
  if (stored === undefined) return {}
  try {
    const parsed: unknown = JSON.parse(stored)
    return typeof parsed === 'object' && parsed !== null ? (parsed as All) : {}
  } catch {
    return {}
  }
}

/** What this device remembers of a lesson such as `s1-2`; empty where it remembers nothing. */
export function readProgress(lesson: string): LessonProgress {
  return { ...nothing, ...readAll()[lesson] }
}

/** Replaces what this device remembers of a lesson by `change` of it. */
export function changeProgress(
  lesson: string,
  change: (before: LessonProgress) => LessonProgress,
): void {
  const all = readAll()
  writeDevice(
    'progress',
    JSON.stringify({ ...all, [lesson]: change({ ...nothing, ...all[lesson] }) }),
  )
}

/** The lesson of an item: `s1-2` for `s1-2-07`. */
export function lessonOf(item: string): string {
  return item.split('-').slice(0, 2).join('-')
}

/** The first answer counts; a second look at the same item is not stored. */
export function storeAnswer(item: string, answer: Answer): void {
  changeProgress(lessonOf(item), (before) =>
    before.answers[item] ? before : { ...before, answers: { ...before.answers, [item]: answer } },
  )
}
