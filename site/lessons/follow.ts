import { changeProgress, readProgress } from './progress.ts'

/** Follows the reader along the stops, and keeps what is done on this device. */
export function followLesson(page: Document): void {
  const bar = page.querySelector<HTMLElement>('[data-lesson]')
  const lesson = bar?.dataset['lesson']
  if (!bar || !lesson) return
  const links = [...bar.querySelectorAll<HTMLAnchorElement>('.route-line a')]
  const names = links.map((link) => link.hash.slice(1))
  const sections = names.map((name) => page.getElementById(name))

  const show = (here: number): void => {
    const done = new Set(readProgress(lesson).stops)
    links.forEach((link, i) => {
      const state = i === here ? 'here' : done.has(names[i] ?? '') ? 'done' : 'ahead'
      link.parentElement?.setAttribute('class', state)
      if (i === here) link.setAttribute('aria-current', 'step')
      else link.removeAttribute('aria-current')
    })
  }
  const mark = (upTo: number): void => {
    changeProgress(lesson, (before) => ({
      ...before,
      stops: names.filter((name, i) => i < upTo || before.stops.includes(name)),
    }))
  }
  const where = (): number => {
    const line = page.documentElement.clientHeight * 0.45
    let here = 0
    sections.forEach((section, i) => {
      if (section && section.getBoundingClientRect().top < line) here = i
    })
    return here
  }

  let last = -1
  const look = (): void => {
    const here = where()
    if (here === last) return
    last = here
    mark(here)
    show(here)
  }
  page.addEventListener('scroll', look, { passive: true })
  look()
  followMonday(page, lesson, () => {
    mark(names.length)
    show(last)
  })
}

function followMonday(page: Document, lesson: string, done: () => void): void {
  const box = page.querySelector<HTMLInputElement>('[data-monday]')
  if (!box) return
  box.checked = readProgress(lesson).monday
  box.addEventListener('change', () => {
    changeProgress(lesson, (before) => ({ ...before, monday: box.checked }))
    if (box.checked) done()
  })
}
