import { expect, test } from 'vitest'
import { code, importsOf, textOf, tracked } from './sources.ts'

/** Where something starts by itself. Each is named where it is started. */
const ENTRANCES: readonly RegExp[] = [
  /^[^/]+\.(mjs|js|ts)$/, // configurations, read by their tools
  /^scripts\//,
  /^site\/pages\//,
  /^site\/content\.config\.ts$/,
  /^site\/.*\.d\.ts$/,
  /^range\/server\/cli\.ts$/,
  /^test\/.*\.(test|spec)\.ts$/,
  /^test\/(bench|soak|oracle|vectors)\/[^/]+\.ts$/,
]
/** Loaded by address or by path rather than imported; each must be named by a file that lives. */
const BY_NAME =
  /(^range\/client\/cage\/shim\.js|[-/]worker\.ts|^site\/theme\.js|peer\.ts|browser-page\.ts)$/

test('every file is reached from an entrance, a page or a test', () => {
  const alive = reached(ENTRANCES)
  expect(code.filter((path) => !alive.has(path) && !ONLY_TESTED.includes(path))).toEqual([])
})

test('every file of the engine, the range and the site is reached without the tests', () => {
  const alive = reached(ENTRANCES.filter((one) => !one.source.startsWith('^test')))
  const unused = code.filter((path) => !path.startsWith('test/') && !alive.has(path))
  expect(unused.filter((path) => !ONLY_TESTED.includes(path))).toEqual([])
})

function reached(entrances: readonly RegExp[]): Set<string> {
  const alive = new Set<string>()
  const visit = (path: string): void => {
    if (alive.has(path) || !code.includes(path)) return
    alive.add(path)
    for (const one of importsOf(path)) if (one.file !== undefined) visit(one.file)
  }
  for (const path of code) if (entrances.some((one) => one.test(path))) visit(path)
  for (const path of tracked) if (path.endsWith('.mdx')) for (const one of mdx(path)) visit(one)
  for (const path of code) if (BY_NAME.test(path) && namedBy([...alive], path)) visit(path)
  return alive
}

/** Used by tests alone, or by nothing yet. May only shrink. */
const ONLY_TESTED: readonly string[] = [
  'engine/anomaly/forward.ts', // the float64 oracle of the learned scorer
  'range/telemetry/epcis-document.ts', // a border: what the range says, as EPCIS 2.0 wants it
  'range/telemetry/ocsf-document.ts', // a border: what the range says, as OCSF wants it
]

function namedBy(paths: readonly string[], file: string): boolean {
  const name = file.split('/').at(-1) ?? file
  return paths.some((path) => path !== file && textOf(path).includes(name))
}

function mdx(path: string): string[] {
  return [...textOf(path).matchAll(/^import .* from '([^']+)'/gm)].map((match) =>
    new URL(match[1] ?? '', `file:///${path}`).pathname.slice(1),
  )
}
