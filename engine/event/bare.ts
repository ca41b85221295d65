import type { Fact } from '../mfotl/monitor.ts'

/** The id without its `kind:`. */
export function bare(ref: string): string {
  return ref.replace(/^[a-z]+:/, '')
}

export function fact(name: string, ...args: (string | number)[]): Fact {
  return { name, args }
}
