import { expect, test } from 'vitest'
import { textOf, tracked } from './sources.ts'

const TEXT = tracked.filter((path) =>
  /(\.(ts|svelte|astro|mjs|js|css|md|mdx|yml|json|jsonl|html|txt|sig|sh)|^[^/]+|\/run)$/.test(path),
)
/** Made input for tests and models: paths in it are somebody's text, not ours. */
const MADE = /^(engine\/models|test\/(vectors|data|extracts))\//
const OWN = 'test/architecture/words.test.ts'

function holding(pattern: RegExp): string[] {
  return TEXT.filter((path) => path !== OWN && !MADE.test(path)).flatMap((path) => {
    const at = textOf(path).search(pattern)
    return at < 0
      ? []
      : [
          `${path}: ${
            textOf(path)
              .slice(at, at + 60)
              .split('\n')[0]
          }`,
        ]
  })
}

test('no place on one machine is written down', () => {
  expect(holding(/\/(home|Users|root|work|mnt)\/[a-z]|[A-Z]:\\Users|\.\.\/shared\b/)).toEqual([])
})

test('no registry is named, the lock file included', () => {
  expect(holding(/registry\.(npmjs|yarnpkg)|npm\.pkg\.github|"resolved":/)).toEqual([])
})

test('nothing says how, or by whom, the project is made', () => {
  const makers = /\b(claude|anthropic|chatgpt|copilot|openai|llm|language model|co-authored-by)\b/i
  expect(holding(makers)).toEqual([])
  const making = /\b(as an ai|in this session|the brief says|coding agent|sub-?agent)\b/i
  expect(holding(making)).toEqual([])
})

test('no key, token or password of anybody', () => {
  expect(
    holding(/-----BEGIN [A-Z ]*PRIVATE KEY-----|\bghp_[A-Za-z0-9]{20}|\bAKIA[0-9A-Z]{16}/),
  ).toEqual([])
})
