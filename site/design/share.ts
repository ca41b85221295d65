/** Controls that an address switches off, in the order of the workflow; others are ignored. */
export function withoutIn(search: string, controls: readonly string[]): string[] {
  const asked = (new URLSearchParams(search).get('without') ?? '').split(',')
  return controls.filter((key) => asked.includes(key))
}

/** The address under which this choice is found again. */
export function addressOf(slug: string, without: readonly string[]): string {
  const path = `/labs/design/${slug}`
  return without.length === 0 ? path : `${path}?without=${without.join(',')}`
}
