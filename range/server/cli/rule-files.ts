import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readText } from './read-text.ts'

export interface RuleFile {
  readonly name: string
  readonly text: string
}

/**
 * The YAML files at `paths`, folders searched to any depth, in the order of their names. Throws
 * a plain Error with one line where a path does not exist, a folder has no rule or a file is no
 * text.
 */
export function readRuleFiles(paths: readonly string[]): RuleFile[] {
  return paths.flatMap((path) => {
    const kind = statSync(path, { throwIfNoEntry: false })
    if (kind === undefined) throw new Error(`no such file or folder: ${path}`)
    if (!kind.isDirectory()) return [{ name: path, text: readText(path) }]
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.ya?ml$/i.test(name))
      .sort()
    if (names.length === 0) throw new Error(`no .yml file in ${path}`)
    return names.map((name) => join(path, name)).map((name) => ({ name, text: readText(name) }))
  })
}
