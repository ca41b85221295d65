import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceFile } from '../../../engine/engine.ts'

export interface Written {
  readonly rules: readonly SourceFile[]
  readonly formulas: readonly SourceFile[]
}

/** What people write for the engine: a folder of rules, one of formulas with their signature. */
export class WrittenFolders {
  readonly #rules: string
  readonly #formulas: string
  #seen = ''

  constructor(folders: { readonly rules: string; readonly formulas: string }) {
    this.#rules = folders.rules
    this.#formulas = folders.formulas
  }

  /** All files in the order of their names; throws where a folder or a file cannot be read. */
  read(): Written {
    this.#seen = this.#stamp()
    return {
      rules: filesIn(this.#rules, RULES),
      formulas: filesIn(this.#formulas, FORMULAS),
    }
  }

  /** The files again where one was changed, added or removed since `read`; null where none was. */
  changed(): Written | null {
    return this.#stamp() === this.#seen ? null : this.read()
  }

  /** Names, sizes and times of all files. */
  #stamp(): string {
    const stamps = (folder: string, ending: RegExp): string[] =>
      namesIn(folder, ending).map((name) => {
        const kind = statSync(join(folder, name), { throwIfNoEntry: false })
        return `${name} ${kind?.size ?? -1} ${kind?.mtimeMs ?? -1}`
      })
    return [...stamps(this.#rules, RULES), ...stamps(this.#formulas, FORMULAS)].join('\n')
  }
}

const RULES = /\.yml$/
const FORMULAS = /\.(?:yml|sig)$/

function namesIn(folder: string, ending: RegExp): string[] {
  return readdirSync(folder)
    .filter((name) => ending.test(name))
    .sort()
}

function filesIn(folder: string, ending: RegExp): SourceFile[] {
  return namesIn(folder, ending).map((name) => ({
    name,
    text: readFileSync(join(folder, name), 'utf8'),
  }))
}
