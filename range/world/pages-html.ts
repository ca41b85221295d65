/** Cents as euros. */
export function euros(minor: number): string {
  return `€${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`
}
/** Text made safe for HTML text and quoted attributes. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
/** `base` is the address of the shop's root as the browser knows it, ending in `/`. */
export interface RenderOptions {
  readonly base: string
}
/** Where and for whom a page is made. */
export interface Frame {
  readonly base: string
  readonly session: string
}
