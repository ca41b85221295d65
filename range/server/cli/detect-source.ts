import { createReadStream, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as wait } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import { LINE_MAX } from './detect-line.ts'

/** Files that are one log, oldest first: a log and what was rotated out of it. */
export interface LogGroup {
  readonly name: string
  readonly files: readonly string[]
}

/** `access.log`, `access.log.1`, `access.log.2.gz` and `access.log-20150517` are one log, in order of time. */
export function groupFiles(files: readonly string[]): LogGroup[] {
  const groups = new Map<string, { file: string; age: number }[]>()
  for (const file of new Set(files)) {
    const { stem, age } = rotationOf(basename(file))
    const key = file === '-' ? '-' : `${dirname(file)}/${stem}`
    groups.set(key, [...(groups.get(key) ?? []), { file, age }])
  }
  return [...groups].map(([name, members]) => ({
    name,
    files: members.sort((a, b) => b.age - a.age).map(({ file }) => file),
  }))
}

/** Greater ages are older. Dates count backwards from the year 10000, so that a log without one is the newest. */
function rotationOf(name: string): { readonly stem: string; readonly age: number } {
  const plain = name.replace(/\.(?:gz|gzip)$/, '')
  const dated = /^(.+?)[-.](\d{8}|\d{4}-\d\d-\d\d)$/.exec(plain)
  if (dated !== null)
    return {
      stem: dated[1] ?? plain,
      age: 100_000_000 - Number((dated[2] ?? '').replaceAll('-', '')),
    }
  const counted = /^(.+?)\.(\d{1,4})$/.exec(plain)
  return counted === null
    ? { stem: plain, age: 0 }
    : { stem: counted[1] ?? plain, age: Number(counted[2]) }
}

export interface SourceLine {
  readonly number: number
  readonly text: string
  readonly bytes: number
}

/**
 * The lines of a file, of a gzip file, or of standard input (`-`). A line beyond LINE_MAX characters is cut there.
 * With `follow` the lines go on as the file grows, through rotation and truncation, until `signal` says stop.
 */
export async function* linesOf(
  file: string,
  follow: AbortSignal | null,
): AsyncGenerator<SourceLine> {
  const lines = new Lines()
  const raw = file === '-' ? process.stdin : createReadStream(file)
  const input = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw
  let read = 0
  for await (const chunk of input) {
    read += (chunk as Buffer).length
    yield* lines.take(chunk as Buffer)
  }
  if (follow === null || file === '-' || file.endsWith('.gz')) return yield* lines.end()
  yield* grown(file, read, lines, follow)
}

async function* grown(
  file: string,
  from: number,
  lines: Lines,
  signal: AbortSignal,
): AsyncGenerator<SourceLine> {
  let at = from
  let identity = statSync(file, { throwIfNoEntry: false })?.ino
  const buffer = Buffer.alloc(65_536)
  while (!signal.aborted) {
    const now = statSync(file, { throwIfNoEntry: false })
    if (now !== undefined && (now.ino !== identity || now.size < at)) [at, identity] = [0, now.ino]
    if (now === undefined || now.size <= at) {
      await wait(300, undefined, { signal }).catch(() => undefined)
      continue
    }
    const handle = await open(file)
    try {
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at)
        if (bytesRead === 0) break
        at += bytesRead
        yield* lines.take(buffer.subarray(0, bytesRead))
      }
    } finally {
      await handle.close()
    }
  }
}

/** Bytes to numbered lines; an unfinished last line waits for its end. */
class Lines {
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''
  #number = 0
  #bytes = 0

  take(chunk: Buffer): SourceLine[] {
    this.#bytes += chunk.length
    const parts = (this.#rest + this.#decoder.write(chunk)).split('\n')
    this.#rest = (parts.pop() ?? '').slice(0, LINE_MAX + 1)
    return parts.map((part) => this.#line(part))
  }

  end(): SourceLine[] {
    const rest = this.#rest + this.#decoder.end()
    this.#rest = ''
    return rest === '' ? [] : [this.#line(rest)]
  }

  #line(text: string): SourceLine {
    this.#number += 1
    const whole = text.endsWith('\r') ? text.slice(0, -1) : text
    const plain = this.#number === 1 ? whole.replace(/^\uFEFF/, '') : whole
    return { number: this.#number, text: plain, bytes: this.#bytes }
  }
}
