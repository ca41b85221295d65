import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { techniques } from '../../../range/attack/catalogue.ts'

const root = new URL('../../../', import.meta.url)
const known = new Set(
  readFileSync(new URL('test/data/ids/known.tsv', root), 'utf8')
    .split('\n')
    .map((line) => line.trim().toUpperCase()),
)

/**
 * Tags that name a technique: `attack.t1189`, `attack.ics.t0856`, `f3.f1012`, `oat.001`. Tactics
 * have words instead.
 */
function idOf(tag: string): string | null {
  const match =
    /^(?:attack\.(?:ics\.|mobile\.)?(t\d{4}(?:\.\d{3})?)|f3\.(f\d{4}(?:\.\d{3})?)|oat\.(?:oat-)?(\d{3}))$/i.exec(
      tag,
    )
  if (!match) return null
  return (match[1] ?? match[2] ?? `OAT-${match[3]}`).toUpperCase()
}

describe('technique ids', () => {
  it('[K1] every id that an attack carries is a published one', () => {
    const ids = techniques.flatMap((technique) => technique.ids)
    expect(ids.length).toBeGreaterThan(6)
    expect(ids.filter((id) => !known.has(id.toUpperCase()))).toEqual([])
  })

  it('[S30] so is every id in the tags of the rules that ship', () => {
    const folder = new URL('engine/rules/', root)
    const tags = readdirSync(folder)
      .filter((name) => name.endsWith('.yml'))
      .flatMap((name) =>
        parseAllDocuments(readFileSync(new URL(name, folder), 'utf8')).flatMap(
          (document) => (document.toJS() as { tags?: string[] } | null)?.tags ?? [],
        ),
      )
    const ids = tags.map(idOf).filter((id) => id !== null)
    expect(ids.length).toBeGreaterThan(30)
    expect(ids.filter((id) => !known.has(id))).toEqual([])
  })
})
