import { describe, expect, test } from 'vitest'
import ts from 'typescript'
import { code, lineOf, treeOf } from './sources.ts'

const UNDER = (...folders: readonly string[]) =>
  code.filter((path) => folders.some((folder) => path.startsWith(`${folder}/`)))

/** Everything that is a function of its input alone. */
const PURE = UNDER('engine', 'range').filter(
  (path) =>
    path !== 'engine/anomaly/tfjs.ts' &&
    !path.startsWith('range/server/') &&
    !path.startsWith('range/client/'),
)
/** Everything that must give the same bits on every machine and version. */
const DETERMINISTIC = UNDER(
  'range/world',
  'range/attack',
  'range/telemetry',
  'range/exercise',
  'engine/twin',
).filter((path) => path !== 'range/world/detmath.ts')

const CLOCKS = new Set(['Date.now', 'performance.now', 'performance.timeOrigin', 'process.hrtime'])
const ENTROPY = new Set(['Math.random', 'crypto.randomUUID', 'crypto.getRandomValues'])
const INEXACT = new Set(
  (
    'pow hypot sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh ' +
    'exp expm1 log log2 log10 log1p cbrt'
  )
    .split(' ')
    .map((name) => `Math.${name}`),
)

function found(paths: readonly string[], wrong: (node: ts.Node) => boolean): string[] {
  return paths.flatMap((path) => {
    const tree = treeOf(path)
    const lines: string[] = []
    const visit = (node: ts.Node): void => {
      if (wrong(node)) lines.push(`${path}:${lineOf(tree, node)} ${node.getText().slice(0, 60)}`)
      ts.forEachChild(node, visit)
    }
    visit(tree)
    return lines
  })
}
const names =
  (set: ReadonlySet<string>) =>
  (node: ts.Node): boolean =>
    ts.isPropertyAccessExpression(node) && set.has(node.getText().replace(/^globalThis\./, ''))

const isBareDate = (node: ts.Node): boolean =>
  (ts.isNewExpression(node) &&
    node.expression.getText() === 'Date' &&
    (node.arguments?.length ?? 0) === 0) ||
  (ts.isCallExpression(node) && node.expression.getText() === 'Date')

/** What depends on the language or zone of the machine. */
const isLocale = (node: ts.Node): boolean =>
  ts.isPropertyAccessExpression(node) &&
  (/^(toLocale\w+|localeCompare|getTimezoneOffset)$/.test(node.name.text) ||
    /^get(FullYear|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds)$/.test(node.name.text) ||
    node.expression.getText() === 'Intl')

const isPower = (node: ts.Node): boolean =>
  ts.isBinaryExpression(node) &&
  (node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken ||
    node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken)

describe('pure folders', () => {
  test('nothing in the town, its telemetry, its responses, its crews or the engine asks for a cause', () => {
    // But one thing: a player's own customer does not also do what a simulated one would.
    const asks = (node: ts.Node): boolean =>
      ts.isPropertyAccessExpression(node) &&
      /(^|\.)cause$/.test(node.expression.getText()) &&
      node.parent.getText() !== "cause.kind === 'player'"
    const blind = UNDER('range/world', 'range/telemetry', 'range/respond', 'range/attack', 'engine')
    expect(found(blind, asks)).toEqual([])
    expect(found(['range/exercise/absorb.ts'], asks).length).toBeGreaterThan(0)
  })

  test('read no clock', () => {
    expect(found(PURE, (node) => names(CLOCKS)(node) || isBareDate(node))).toEqual([])
  })

  test('draw nothing that is not drawn from the seed', () => {
    expect(found(PURE, names(ENTROPY))).toEqual([])
  })

  test('know neither language nor zone of the machine', () => {
    expect(found(PURE, isLocale)).toEqual([])
  })
})

describe('deterministic folders', () => {
  test('use no mathematics whose last bit differs between machines', () => {
    expect(found(DETERMINISTIC, (node) => names(INEXACT)(node) || isPower(node))).toEqual([])
  })
})

test('the rules above find what they look for', () => {
  const tree = ts.createSourceFile(
    'x.ts',
    'Date.now(); new Date(); Math.random(); a.toLocaleString(); 2 ** 3; Math.hypot(1, 2); new Date(5)',
    ts.ScriptTarget.Latest,
    true,
  )
  const seen: string[] = []
  const visit = (node: ts.Node): void => {
    const wrong = [names(CLOCKS), isBareDate, names(ENTROPY), isLocale, isPower, names(INEXACT)]
    if (wrong.some((one) => one(node))) seen.push(node.getText())
    ts.forEachChild(node, visit)
  }
  visit(tree)
  expect(seen).toEqual([
    'Date.now',
    'new Date()',
    'Math.random',
    'a.toLocaleString',
    '2 ** 3',
    'Math.hypot',
  ])
})
