import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { t, type MessageKey } from '../../site/messages.ts'

const folder = 'content/messages/en'
type Entry = string | Record<string, string>
const catalogue: Record<string, Record<string, Entry>> = {}
for (const file of readdirSync(folder)) {
  catalogue[file.replace('.json', '')] = JSON.parse(readFileSync(join(folder, file), 'utf8'))
}
const keys = Object.entries(catalogue).flatMap(([area, entries]) =>
  Object.keys(entries).map((key) => `${area}.${key}`),
)

function filesUnder(path: string): string[] {
  return readdirSync(path).flatMap((name) => {
    const at = join(path, name)
    return statSync(at).isDirectory() ? filesUnder(at) : [at]
  })
}
const sources = filesUnder('site')
  .filter((path) => /\.(astro|svelte|ts)$/.test(path) && !path.endsWith('messages.ts'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }))

/** Literal keys, and templates such as t(`site.home.${said}`) as patterns. */
function usesIn(text: string): { literal: string[]; patterns: RegExp[] } {
  const literal = [...text.matchAll(/\bt\(\s*'([^']+)'/g)].map((match) => match[1] ?? '')
  const patterns = [...text.matchAll(/`([a-z]+\.[^`]*\$\{[^`]*)`/g)].map((match) => {
    const parts = (match[1] ?? '').split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/)
    return new RegExp(
      `^${parts.map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&')).join('.+')}$`,
    )
  })
  return { literal, patterns }
}
const used = sources.map(({ path, text }) => ({ path, text, ...usesIn(text) }))

describe('the message catalogue', () => {
  it('has every key that the site names', () => {
    const missing = used.flatMap(({ path, literal }) =>
      literal.filter((key) => !keys.includes(key)).map((key) => `${path}: ${key}`),
    )
    expect(missing).toEqual([])
  })

  it('has a match for every key that is put together', () => {
    const missing = used.flatMap(({ path, patterns }) =>
      patterns
        .filter((pattern) => areaExists(pattern) && !keys.some((key) => pattern.test(key)))
        .map((pattern) => `${path}: ${pattern.source}`),
    )
    expect(missing).toEqual([])
  })

  it('has no key that nothing uses', () => {
    const everything = used.map(({ text }) => text).join('\n')
    const patterns = used.flatMap((use) => use.patterns)
    const unused = keys.filter(
      (key) => !everything.includes(`'${key}'`) && !patterns.some((pattern) => pattern.test(key)),
    )
    expect(unused).toEqual([])
  })

  it('has an `other` form in every message with plurals', () => {
    for (const [area, entries] of Object.entries(catalogue)) {
      for (const [key, entry] of Object.entries(entries)) {
        const text = typeof entry === 'string' ? entry : entry['other']
        expect(typeof text, `${area}.${key}`).toBe('string')
      }
    }
  })
})

function areaExists(pattern: RegExp): boolean {
  return Object.keys(catalogue).some((area) => pattern.source.startsWith(`^${area}\\.`))
}

describe('t', () => {
  const check = (key: string, params: Record<string, string | number>, expected: string): void => {
    expect(t(key as MessageKey, params)).toBe(expected)
  }
  it('chooses the plural form by count', () => {
    check('site.courses.written', { count: 1, of: 11 }, '1 of 11 modules is written.')
    check('site.courses.written', { count: 3, of: 11 }, '3 of 11 modules are written.')
  })
  it('writes numbers in the reader’s way', () => {
    check('site.home.place', { n: 1000, of: 2 }, '1,000 of 2')
  })
  it('shows what is missing in brackets', () => {
    check('site.home.place', { n: 1 }, '1 of [of]')
    check('site.no-such-key', {}, '[site.no-such-key]')
  })
})

describe('the pages', () => {
  it('hold no text of their own', () => {
    const found = sources
      .filter(({ path }) => /\.(astro|svelte)$/.test(path))
      .flatMap(({ path, text }) => literalText(text).map((words) => `${path}: ${words}`))
    expect(found).toEqual([])
  })
})

/** Two or more letters in a row between tags or in a spoken attribute, outside braces and code. */
function literalText(source: string): string[] {
  const markup = source
    .replace(/^---\n[\s\S]*?\n---/, '')
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
    .replace(/<!--[\s\S]*?-->/g, '')
  const spoken = [
    ...markup.matchAll(/\b(?:aria-label|alt|title|placeholder)="([^"{]*[A-Za-z]{2}[^"{]*)"/g),
  ]
  let plain = markup
  for (let before = ''; before !== plain;) {
    before = plain
    plain = plain.replace(/\{[^{}]*\}/g, ' ')
  }
  const between = [...plain.matchAll(/>([^<>]*)</g)]
  return [...spoken, ...between]
    .map((match) => (match[1] ?? '').trim())
    .filter((words) => /[A-Za-z]{2}/.test(words) && !/=>|[=;()]|^\/\w+$/.test(words))
}
