// Writes docs/third-parties.md from the licence fields of the installed packages that the lock file
// names. `--check` writes nothing and fails where the file is not current.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FILE = join(ROOT, 'docs/third-parties.md')
const read = (path) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'))

/** Licences that Apache-2.0 may be distributed beside, or used with while building and testing. */
const KNOWN =
  /^(MIT|MIT-0|ISC|0BSD|BSD(-[23]-Clause)?|Apache-2\.0|BlueOak-1\.0\.0|Python-2\.0|CC0-1\.0|CC-BY-[34]\.0|MPL-2\.0|Unlicense|Zlib|OFL-1\.1|LGPL-3\.0-or-later)$/

export function thirdParties() {
  const lock = read('package-lock.json').packages
  const own = read('package.json')
  const rows = new Map()
  for (const [path, entry] of Object.entries(lock)) {
    if (path === '') continue
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const licence = entry.license ?? licenceOf(path)
    const key = `${name}@${entry.version}`
    const before = rows.get(key)
    rows.set(key, {
      name,
      version: entry.version,
      licence,
      dev: (before?.dev ?? true) && entry.dev === true,
      direct: path === `node_modules/${name}` && isDirect(own, name),
    })
  }
  return [...rows.values()].sort((a, b) =>
    a.name === b.name ? compare(a.version, b.version) : compare(a.name, b.name),
  )
}
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0)
const isDirect = (own, name) =>
  ['dependencies', 'devDependencies', 'optionalDependencies'].some((kind) => own[kind]?.[name])

/** Node.js itself, packed for a system that may not be this one; its licence is MIT. */
const NODE = /^node_modules\/node-(bin-)?(darwin|linux|win)-/

/** The lock file usually says it; otherwise the package does, or its licence file must be read. */
function licenceOf(path) {
  if (NODE.test(path)) return 'MIT'
  const file = join(ROOT, path, 'package.json')
  if (!existsSync(file)) return 'not installed here'
  const { license, licenses } = JSON.parse(readFileSync(file, 'utf8'))
  const told = license?.type ?? license ?? licenses?.map(({ type }) => type).join(' OR ')
  if (told) return told
  const text = readdirSync(join(ROOT, path)).find((name) => /^licen[cs]e/i.test(name))
  return text === undefined ? 'not told' : `see its ${text}`
}

/** Licences that nobody has looked at yet. */
export function unknownLicences(rows) {
  return rows.filter(
    ({ licence }) =>
      !licence
        .replace(/[()]/g, '')
        .split(/ OR | AND |, /)
        .some((one) => KNOWN.test(one.replace(/\*$/, ''))),
  )
}

export function render(rows) {
  const table = (list) =>
    [
      '| Package | Version | Licence |',
      '|---|---|---|',
      ...list.map(({ name, version, licence, direct }) => {
        return `| ${direct ? `**${name}**` : name} | ${version} | ${licence} |`
      }),
    ].join('\n')
  return `# Third parties

Made by \`node scripts/third-parties.mjs\` from the lock file and the packages' own words; a test holds that it is current.
What we ask for ourselves is in bold; the rest comes with it. Each package carries its licence's text in its folder below
\`node_modules/\`. Fonts are under the SIL Open Font License 1.1.

## In use

${table(rows.filter(({ dev }) => !dev))}

## For building and testing only

${table(rows.filter(({ dev }) => dev))}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = thirdParties()
  const unknown = unknownLicences(rows)
  for (const { name, version, licence } of unknown)
    process.stderr.write(`third parties: ${name} ${version} has the licence "${licence}"\n`)
  const text = render(rows)
  const current = existsSync(FILE) && readFileSync(FILE, 'utf8') === text
  if (process.argv.includes('--check')) {
    if (!current) process.stderr.write('docs/third-parties.md is not current: run this script\n')
    process.exitCode = current && unknown.length === 0 ? 0 : 1
  } else writeFileSync(FILE, text)
}
