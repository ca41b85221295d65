import { readDevice, writeDevice } from './device.ts'

/** Shows the theme switch in the footer and keeps the choice on this device. */
export function startThemeSwitch(page: Document): void {
  const box = page.querySelector<HTMLElement>('[data-theme-switch]')
  if (!box) return
  const chosen = readDevice('theme')
  for (const input of box.querySelectorAll<HTMLInputElement>('input')) {
    input.checked = input.value === (chosen ?? 'system')
    input.addEventListener('change', () => apply(page, input.value))
  }
  box.hidden = false
}

function apply(page: Document, theme: string): void {
  if (theme === 'system') {
    delete page.documentElement.dataset['theme']
    writeDevice('theme', undefined)
  } else {
    page.documentElement.dataset['theme'] = theme
    writeDevice('theme', theme)
  }
}
