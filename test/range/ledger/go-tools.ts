import { execFile } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const SOURCES = fileURLToPath(new URL('./go', import.meta.url))
const LIBRARY = 'src/golang.org/x/mod/sumdb/tlog'
const WAITS_MAX = 240

/** A Go that needs no network: the compiler, its root, and the path that has x/mod. */
export interface Go {
  readonly binary: string
  readonly root: string | undefined
  readonly path: string
}

/**
 * The Go that continuous integration unpacks into the folder `DOORSTEP_GO` while other tests run,
 * else Debian's where it is installed; otherwise why there is none.
 */
export async function findGo(): Promise<Go | string> {
  const folder = process.env['DOORSTEP_GO']
  if (folder === undefined) {
    const installed = { binary: '/usr/bin/go', root: undefined, path: '/usr/share/gocode' }
    const whole = existsSync(installed.binary) && existsSync(join(installed.path, LIBRARY))
    return whole ? installed : 'golang-go and golang-golang-x-mod-dev are not installed'
  }
  const outcome = join(folder, 'outcome')
  for (let i = 0; i < WAITS_MAX && !existsSync(outcome); i++) await setTimeout(500)
  const said = existsSync(outcome) ? readFileSync(outcome, 'utf8').trim() : 'it did not come'
  if (said !== 'ready') return said
  const version = readdirSync(join(folder, 'usr/lib')).find((name) => name.startsWith('go-'))
  const root = join(folder, 'usr/lib', version!)
  return { binary: join(root, 'bin/go'), root, path: join(folder, 'usr/share/gocode') }
}

/** Compiles the judge into `folder` and returns its path. */
export async function buildJudge(go: Go, folder: string): Promise<string> {
  const out = join(folder, 'judge')
  await run(go.binary, ['build', '-o', out, '.'], {
    cwd: SOURCES,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      GO111MODULE: 'off',
      GOPROXY: 'off',
      GOPATH: go.path,
      GOCACHE: join(folder, 'cache'),
      GOFLAGS: '-trimpath=false',
      ...(go.root === undefined ? {} : { GOROOT: go.root }),
    },
  })
  return out
}

/** Puts `question` to the judge; rejects where it cannot read it. */
export async function ask<Answer>(judge: string, question: object): Promise<Answer> {
  const asked = run(judge, [], { maxBuffer: 64 * 1024 * 1024 })
  asked.child.stdin!.end(JSON.stringify(question))
  const { stdout } = await asked
  return JSON.parse(stdout) as Answer
}
