import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const NOT_OURS = new Set(['node_modules', 'dist', 'data', 'out', 'test-results'])

export interface Import {
  readonly from: string
  /** As written, `./window.ts` or `node:fs`. */
  readonly text: string
  /** The file of ours that it means, from the root; undefined for packages and assets. */
  readonly file: string | undefined
  readonly typeOnly: boolean
}

/**
 * Paths from the root of every file that a clone holds; without git, of every file that lies here.
 */
export const tracked: readonly string[] = listed().filter((path) => existsSync(join(ROOT, path)))

function listed(): string[] {
  try {
    const text = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
    if (text.length > 0) return text.split('\0').filter((path) => path !== '')
  } catch {
    // A downloaded copy has no history.
  }
  const walk = (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
      if (NOT_OURS.has(entry.name) || entry.name === '.git' || entry.name === '.astro') return []
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      return entry.isDirectory() ? walk(path) : [path]
    })
  return walk('')
}

const texts = new Map<string, string>()
export function textOf(path: string): string {
  const known = texts.get(path)
  if (known !== undefined) return known
  const text = readFileSync(join(ROOT, path), 'utf8')
  texts.set(path, text)
  return text
}

export const isCode = (path: string): boolean => /\.(ts|svelte|astro|mjs|js)$/.test(path)
export const code: readonly string[] = tracked.filter(isCode)
export const inFolder = (folder: string): readonly string[] =>
  code.filter((path) => path.startsWith(`${folder}/`))

const trees = new Map<string, ts.SourceFile>()
/**
 * The syntax tree; of Svelte and Astro files that of their scripts, at the lines where they stand.
 */
export function treeOf(path: string): ts.SourceFile {
  const known = trees.get(path)
  if (known !== undefined) return known
  const tree = ts.createSourceFile(path, scriptOf(path), ts.ScriptTarget.Latest, true)
  trees.set(path, tree)
  return tree
}

function scriptOf(path: string): string {
  const text = textOf(path)
  if (path.endsWith('.svelte')) return onlyMatches(text, /<script[^>]*>([^]*?)<\/script>/g)
  if (path.endsWith('.astro'))
    return onlyMatches(text, /^---\n([^]*?)\n---|<script[^>]*>([^]*?)<\/script>/g)
  return text
}

/** Keeps line numbers: everything outside of the scripts becomes empty lines. */
function onlyMatches(text: string, pattern: RegExp): string {
  let kept = ''
  let at = 0
  for (const match of text.matchAll(pattern)) {
    const inner = match[1] ?? match[2] ?? ''
    const start = match.index + match[0].indexOf(inner)
    kept += text.slice(at, start).replace(/[^\n]/g, '') + inner
    at = start + inner.length
  }
  return kept
}

/** Every import, export-from, dynamic import and `new URL('./x', import.meta.url)` of a file. */
export function importsOf(path: string): readonly Import[] {
  const known = imports.get(path)
  if (known !== undefined) return known
  const found = readImports(path)
  imports.set(path, found)
  return found
}
const imports = new Map<string, readonly Import[]>()

function readImports(path: string): readonly Import[] {
  const found: Import[] = []
  const add = (text: string, typeOnly: boolean): void => {
    found.push({ from: path, text, file: resolved(path, text), typeOnly })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier))
      add(node.moduleSpecifier.text, onlyTypes(node))
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined)
      add((node.moduleSpecifier as ts.StringLiteral).text, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add((node.argument.literal as ts.StringLiteral).text, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const first = node.arguments[0]
      if (first !== undefined && ts.isStringLiteralLike(first)) add(first.text, false)
    } else if (ts.isNewExpression(node) && node.expression.getText() === 'URL') {
      const first = node.arguments?.[0]
      if (first !== undefined && ts.isStringLiteralLike(first) && first.text.startsWith('.'))
        add(first.text, false)
    }
    ts.forEachChild(node, visit)
  }
  visit(treeOf(path))
  return found
}

function onlyTypes(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause
  if (clause === undefined) return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const named = clause.namedBindings
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false
  return named.elements.length > 0 && named.elements.every((one) => one.isTypeOnly)
}

function resolved(from: string, text: string): string | undefined {
  const clean = text.replace(/\?.*$/, '')
  if (!clean.startsWith('.')) return undefined
  const file = relative(ROOT, join(ROOT, dirname(from), clean))
    .split('\\')
    .join('/')
  return isCode(file) ? file : undefined
}

export const lineOf = (tree: ts.SourceFile, node: ts.Node): number =>
  tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1
