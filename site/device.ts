/** What is kept on the learner's device; nothing of it is ever sent anywhere. */
const prefix = 'doorstep.'

/** The stored text, or undefined where there is none or storage is switched off. */
export function readDevice(name: string): string | undefined {
  try {
    return localStorage.getItem(prefix + name) ?? undefined
  } catch {
    return undefined
  }
}

/** Stores a text, or removes it when it is undefined. Silent where storage is switched off. */
export function writeDevice(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(prefix + name)
    else localStorage.setItem(prefix + name, value)
  } catch {
    /* Storage may be switched off; the page works without it. */
  }
}
