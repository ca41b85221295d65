import { describe, expect, test } from 'vitest'
import { code, importsOf, inFolder, type Import } from './sources.ts'

const offences = (paths: readonly string[], wrong: (one: Import) => boolean): string[] =>
  paths.flatMap((path) =>
    importsOf(path)
      .filter(wrong)
      .map((one) => `${one.from} imports ${one.file ?? one.text}`),
  )
const under = (path: string | undefined, ...folders: readonly string[]): boolean =>
  path !== undefined && folders.some((folder) => path.startsWith(`${folder}/`))

describe('who may import whom', () => {
  test('engine knows nothing of the range or the site', () => {
    expect(offences(inFolder('engine'), (one) => under(one.file, 'range', 'site'))).toEqual([])
  })

  test('range knows nothing of the site', () => {
    expect(offences(inFolder('range'), (one) => under(one.file, 'site'))).toEqual([])
  })

  test('nothing but tests, benchmarks and scripts imports a test', () => {
    const ours = ['engine', 'range', 'site'].flatMap(inFolder)
    expect(offences(ours, (one) => under(one.file, 'test', 'scripts'))).toEqual([])
  })

  test('the ledger imports nothing of ours', () => {
    expect(
      offences(
        inFolder('range/ledger'),
        (one) => one.file !== undefined && !under(one.file, 'range/ledger'),
      ),
    ).toEqual([])
  })

  test('pure folders import neither server nor client, nor the other way to the site', () => {
    const pure = code.filter((path) => under(path, 'range') && !under(path, ...EFFECTS))
    expect(offences(pure, (one) => under(one.file, ...EFFECTS))).toEqual([])
  })

  test('pure folders load no part of Node and no package that has effects', () => {
    const pure = code.filter(
      (path) => under(path, 'engine', 'range') && !under(path, ...EFFECTS) && path !== TFJS,
    )
    expect(
      offences(pure, (one) => one.file === undefined && !PURE_PACKAGES.test(one.text)),
    ).toEqual([])
  })

  test('TensorFlow.js is loaded by one file', () => {
    expect(
      offences(
        code.filter((path) => path !== TFJS && !under(path, 'test')),
        (one) => one.text.startsWith('@tensorflow/'),
      ),
    ).toEqual([])
  })

  test('what runs in a browser never holds the world, nor the state of an exercise', () => {
    const reached = [...reachable(BROWSER)].filter((path) => SECRET.test(path))
    expect(reached.filter((path) => !HARMLESS.includes(path))).toEqual([])
  })

  test('what runs in a browser loads no part of Node', () => {
    const reached = [...reachable(BROWSER)]
    expect(offences(reached, (one) => !one.typeOnly && one.text.startsWith('node:'))).toEqual([])
  })

  test('the view of a side that holds is made without the truth', () => {
    const view = 'range/exercise/views/defender.ts'
    expect(offences([view], (one) => /\/truth\.ts$/.test(one.file ?? ''))).toEqual([])
  })

  test('no circles', () => {
    const ours = code.filter((path) => under(path, 'engine', 'range', 'site'))
    expect(circles(ours)).toEqual([])
  })
})

const EFFECTS = ['range/server', 'range/client']
const TFJS = 'engine/anomaly/tfjs.ts'
const PURE_PACKAGES = /^(@noble\/(hashes|curves)(\/|$)|canonicalize$|re2js$|yaml$|zod$)/
const SECRET = /^range\/(world|exercise|attack|telemetry)\//
/** The map and the names, the same in every exercise; the search over what was handed out. */
const HARMLESS = [
  'range/exercise/search.ts',
  'range/world/refs.ts',
  'range/world/shop-scripts.ts', // the shop's own scripts and hosts, which any visitor may read
  'range/world/town-layout.ts',
  'range/world/town-map.ts',
]
const BROWSER = code.filter(
  (path) => under(path, 'range/client') || (under(path, 'site') && /\.(svelte|ts)$/.test(path)),
)

/** What is loaded with these files when they run: imports of types are not. */
function reachable(from: readonly string[]): Set<string> {
  const seen = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path) || !code.includes(path)) return
    seen.add(path)
    for (const one of importsOf(path)) if (!one.typeOnly && one.file !== undefined) visit(one.file)
  }
  for (const path of from) visit(path)
  return seen
}

/** One line for each way back; imports of types are no way. */
function circles(paths: readonly string[]): string[] {
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path)
    if (at >= 0) found.push([...trail.slice(at), path].join(' > '))
    if (at >= 0 || done.has(path)) return
    for (const one of importsOf(path))
      if (!one.typeOnly && one.file !== undefined && code.includes(one.file))
        visit(one.file, [...trail, path])
    done.add(path)
  }
  for (const path of paths) visit(path, [])
  return found
}
