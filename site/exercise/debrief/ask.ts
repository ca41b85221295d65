import type { Counterfactual, Debrief } from '../../../range/protocol/view.ts'
import { seatToken } from '../link.svelte.ts'

type Answer<T> = T | { readonly error: string }

/** The debrief of an ended exercise; `not-ended` before its end, `not-yours` for strangers. */
export function askDebrief(exercise: string): Promise<Answer<Debrief>> {
  return ask(`/api/exercises/${encodeURIComponent(exercise)}/debrief`, exercise, 'debrief')
}

/** Plays the exercise again with one decision changed; takes some seconds. */
export function askWhatIf(exercise: string, choice: string): Promise<Answer<Counterfactual>> {
  return ask(
    `/api/exercises/${encodeURIComponent(exercise)}/counterfactual`,
    exercise,
    'counterfactual',
    JSON.stringify({ choice }),
  )
}

/** Fetches an export with the seat's right to it and hands it to the browser as a download. */
export async function download(
  exercise: string,
  kind: 'csv' | 'json' | 'jsonld',
): Promise<boolean> {
  const answer = await fetch(`/api/exercises/${encodeURIComponent(exercise)}/export.${kind}`, {
    headers: { 'x-seat': seatToken(exercise) },
  })
  if (!answer.ok) return false
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await answer.blob())
  link.download = `doorstep-${exercise}.${kind}`
  link.click()
  URL.revokeObjectURL(link.href)
  return true
}

async function ask<T>(
  path: string,
  exercise: string,
  field: string,
  body?: string,
): Promise<Answer<T>> {
  try {
    const answer = await fetch(path, {
      headers: {
        'x-seat': seatToken(exercise),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { method: 'POST', body }),
    })
    const said = (await answer.json()) as Record<string, unknown>
    return answer.ok ? (said[field] as T) : { error: String(said['reason'] ?? 'other') }
  } catch {
    return { error: 'other' }
  }
}
