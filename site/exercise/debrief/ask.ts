import type { Counterfactual, Debrief } from '../../../range/protocol/view.ts'
import { tokenKey } from '../link.svelte.ts'

type Answer<T> = T | { readonly error: string }

/** The debrief of an ended exercise; `running` before its end, `no-seat` for strangers. */
export function askDebrief(exercise: string): Promise<Answer<Debrief>> {
  return ask(`/api/exercises/${encodeURIComponent(exercise)}/debrief`, exercise)
}

/** Plays the exercise again with one decision changed; takes some seconds. */
export function askWhatIf(exercise: string, choice: string): Promise<Answer<Counterfactual>> {
  return ask(`/api/exercises/${encodeURIComponent(exercise)}/counterfactual?choice=${encodeURIComponent(choice)}`, exercise)
}

export function downloadUrl(exercise: string, kind: 'csv' | 'json'): string {
  const token = typeof localStorage === 'undefined' ? '' : (localStorage.getItem(tokenKey(exercise)) ?? '')
  return `/api/exercises/${encodeURIComponent(exercise)}/export.${kind}?token=${encodeURIComponent(token)}`
}

async function ask<T>(path: string, exercise: string): Promise<Answer<T>> {
  try {
    const answer = await fetch(path, { headers: { authorization: `Bearer ${localStorage.getItem(tokenKey(exercise)) ?? ''}` } })
    const body = (await answer.json()) as T | { error: string }
    if (!answer.ok) return { error: typeof body === 'object' && body !== null && 'error' in body ? String(body.error) : 'other' }
    return body as T
  } catch { return { error: 'other' } }
}
