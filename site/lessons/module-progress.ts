import { t } from '../messages.ts'
import { readLabRecord } from './lab-notes.ts'
import { readProgress } from './progress.ts'

/** Writes beside each lesson of a module, and its lab, how far this device got with it. */
export function showModuleProgress(page: Document): void {
  for (const row of page.querySelectorAll<HTMLElement>('[data-lesson-row]')) {
    const progress = readProgress(row.dataset['lessonRow'] ?? '')
    const state = row.querySelector('[data-state]')
    if (!state || progress.stops.length === 0) continue
    const finished = progress.stops.includes('monday')
    state.textContent = finished ? t('site.module.finished') : t('site.module.begun')
    row.classList.toggle('finished', finished)
  }
  for (const row of page.querySelectorAll<HTMLElement>('[data-lab-row]')) {
    const record = readLabRecord(row.dataset['labRow'] ?? '')
    const state = row.querySelector('[data-state]')
    if (!state || !record) continue
    state.textContent = t('lab.module.played', { done: record.done, of: record.of })
    row.classList.toggle('finished', record.done === record.of)
  }
}
