import { describe, expect, test } from 'vitest'
import ts from 'typescript'
import { code, lineOf, textOf, tracked, treeOf } from './sources.ts'
import { LONG_FILES, LONG_FUNCTIONS, LONG_LINES, MOST } from './exceptions.ts'

const FILE_LINES_MAX = 400
const FUNCTION_LINES_MAX = 60
const LINE_MAX = 100
const OURS = code.filter((path) => !path.startsWith('test/'))

describe('one idea a file', () => {
  test(`no file is longer than ${FILE_LINES_MAX} lines`, () => {
    const long = code.filter((path) => textOf(path).split('\n').length - 1 > FILE_LINES_MAX)
    agree(long, LONG_FILES)
    expect(LONG_FILES.length).toBeLessThanOrEqual(MOST.files)
  })

  test(`no function is longer than ${FUNCTION_LINES_MAX} lines`, () => {
    const long = OURS.flatMap(longFunctions)
    agree(long, LONG_FUNCTIONS)
    expect(LONG_FUNCTIONS.length).toBeLessThanOrEqual(MOST.functions)
  })

  test(`no line is longer than ${LINE_MAX} characters, but for texts and addresses`, () => {
    const long = code.filter((path) => textOf(path).split('\n').some(tooLong))
    agree(long, LONG_LINES)
    expect(LONG_LINES.length).toBeLessThanOrEqual(MOST.lines)
  })
})

describe('names', () => {
  test('files are in kebab-case, components and pages by their tools', () => {
    const wrong = OURS.filter((path) => {
      const name = path.split('/').at(-1) ?? ''
      if (path.startsWith('site/pages/')) return false
      if (/\.(svelte|astro)$/.test(name)) return !/^[A-Z][A-Za-z0-9]*\.(svelte|astro)$/.test(name)
      return !/^[a-z0-9]+(-[a-z0-9]+)*(\.(config|test|spec|svelte|d))*\.(ts|mjs|js)$/.test(name)
    })
    expect(wrong).toEqual([])
  })

  test('nothing is called after what it is not', () => {
    const word = /(^|[-/.])(utils?|helpers?|misc|manager|service|handler|common)([-/.]|$)/i
    expect(code.filter((path) => word.test(path)).sort()).toEqual(NAMED_SO)
  })

  test('no default exports, but where a tool demands one', () => {
    const tools = /^([^/]+\.config\.(mjs|js|ts)|site\/.*\.astro)$/
    expect(code.filter((path) => !tools.test(path) && hasDefault(path))).toEqual([])
  })

  test('no file only hands on what another exports', () => {
    expect(code.filter(isBarrel)).toEqual([])
  })
})

/** What the views of all roles share. */
const NAMED_SO = ['range/exercise/views/common.ts']

describe('habits', () => {
  test('no work is left in a comment', () => {
    const word = new RegExp(['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('\\b|\\b'))
    expect(code.filter((path) => word.test(textOf(path)))).toEqual([])
  })

  test('every file ends with one line feed and holds no tabs nor carriage returns', () => {
    const text = tracked.filter((path) => /\.(ts|svelte|astro|mjs|css|md|mdx|yml)$/.test(path))
    expect(text.filter((path) => !/[^\n]\n$/.test(textOf(path)))).toEqual([])
    expect(text.filter((path) => /[\r\t]/.test(textOf(path)))).toEqual([])
  })

  test('pages are made of text: no markup from a string', () => {
    const raw = /\{@html|set:html|\.innerHTML\b|\.outerHTML\b|insertAdjacentHTML|document\.write\(/
    const ours = OURS.filter((path) => path.startsWith('site/') || path.startsWith('range/client/'))
    expect(ours.filter((path) => raw.test(textOf(path)))).toEqual([])
  })
})

/** What breaks a rule is excepted, and what is excepted breaks it: a stale exception fails too. */
function agree(found: readonly string[], excepted: readonly string[]): void {
  const [broken, stale] = [new Set(found), excepted.filter((one) => !found.includes(one))]
  for (const one of excepted) broken.delete(one)
  expect({ broken: [...broken], stale }).toEqual({ broken: [], stale: [] })
}

function longFunctions(path: string): string[] {
  const tree = treeOf(path)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const first = lineOf(tree, node)
      const last = tree.getLineAndCharacterOfPosition(node.getEnd()).line + 1
      if (last - first + 1 > FUNCTION_LINES_MAX) found.push(`${path} ${nameOf(node)}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

function nameOf(node: ts.Node): string {
  if ('name' in node && node.name !== undefined) return (node.name as ts.Node).getText()
  const parent = node.parent
  return ts.isVariableDeclaration(parent) ? parent.name.getText() : '(unnamed)'
}

/** Prose in quotes, a pattern, a path of a drawing and an address cannot be broken. */
function tooLong(line: string): boolean {
  if (line.length <= LINE_MAX) return false
  return !/^[^'"`/]*['"`/].{40,}/.test(line) || /^\s*(\/\/|\/\*|\*)/.test(line)
}

function hasDefault(path: string): boolean {
  return treeOf(path).statements.some(
    (one) =>
      ts.isExportAssignment(one) ||
      (ts.canHaveModifiers(one) &&
        (ts.getModifiers(one) ?? []).some((word) => word.kind === ts.SyntaxKind.DefaultKeyword)),
  )
}

function isBarrel(path: string): boolean {
  const statements = treeOf(path).statements
  return (
    path.endsWith('.ts') &&
    statements.length > 0 &&
    statements.every((one) => ts.isExportDeclaration(one) && one.moduleSpecifier !== undefined)
  )
}
