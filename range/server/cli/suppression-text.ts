import type { SuppressionState } from '../../../engine/sigma/suppression.ts'

/** A line for each suppression that held something back or whose day is over; JSON if asked. */
export function suppressionText(states: readonly SuppressionState[], json: boolean): string {
  return states
    .filter(({ held, expired }) => held > 0 || expired)
    .map(({ suppression, held, expired }) => {
      const { at, title, rules, reason, until } = suppression
      const { file, line } = at
      const names = rules.map(({ name }) => name)
      if (json)
        return JSON.stringify({
          suppression: title,
          rules: names,
          reason,
          until,
          held,
          expired,
          file,
          line,
        })
      const kept = held === 1 ? '1 match' : `${held} matches`
      const past = expired ? `over since ${until}, holds nothing any more` : `until ${until}`
      const what = `suppression '${title}' of ${names.join(', ')}, ${past}`
      return `${file}:${line}: ${what}; ${kept} held back: ${reason}`
    })
    .map((text) => `${text}\n`)
    .join('')
}
