import { t } from '../messages.ts'
import { readProgress } from './progress.ts'

/** Writes beside each lesson of a module how far this device got with it. */
export function showModuleProgress(page: Document): void {
  for (const row of page.querySelectorAll<HTMLElement>('[data-lesson-row]')) {
    const progress = readProgress(row.dataset['lessonRow'] ?? '')
    const state = row.querySelector('[data-state]')
    if (!state || progress.stops.length === 0) continue
    const finished = progress.stops.includes('monday')
    state.textContent = finished ? t('site.module.finished') : t('site.module.begun')
    row.classList.toggle('finished', finished)
  }
}
